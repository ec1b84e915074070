package io.tidemark.codec;

import io.tidemark.api.VersionedCodec;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * Java records by position: only the values of the components, in the order of their names; the names are stored once, with the state.
 * Components may be added, removed and widened between versions, as {@link CborCodec} allows it: a value of an earlier version is read
 * by component name.
 *
 * <p>A value: {@code version * 2 + nulls (1) | nulls, a bit for each component, if there are any (length / 8, rounded up) | components}.
 * The version is the place of the value's schema in the history. A component is written as {@link ComponentForm} says; one that is
 * null takes no bytes. Bytes that begin with a one bit are CBOR, from before a state was written by this codec.
 *
 * @param <T> the record's type
 */
public final class RecordCodec<T> implements VersionedCodec<T> {

    private static final String ID = "record";
    private static final String SEPARATOR = ";";
    private static final String CBOR = "cbor";
    private static final int MOST_VERSIONS = 64;

    private final Class<?> type;
    private final RecordLayout layout;
    private final Component[] components;
    private final MethodHandle constructor;
    private final CborCodec<T> cbor;
    private final int fixed;
    private final String history;
    private final int version;
    /** Layouts of earlier versions; the place of CBOR and of this version is empty. */
    private final @Nullable RecordLayout[] layouts;

    /**
     * @param form how it is written
     * @param read takes the record to the component: a long, a double, a boolean, else an object
     * @param type its type, or of what it may hold
     * @param optional whether it is an {@link Optional}, which is written as what it holds, or as null
     * @param place its place in the constructor
     */
    private record Component(
            ComponentForm form,
            MethodHandle read,
            Class<?> type,
            boolean optional,
            int place,
            @Nullable EmbeddedCbor embedded) {

        EmbeddedCbor cbor() {
            if (embedded == null) {
                throw new IllegalStateException("Only what is embedded is CBOR");
            }
            return embedded;
        }
    }

    private RecordCodec(RecordCodec<T> other, String history) {
        this.type = other.type;
        this.layout = other.layout;
        this.components = other.components;
        this.constructor = other.constructor;
        this.cbor = other.cbor;
        this.fixed = other.fixed;
        this.history = history;
        List<String> schemas = List.of(history.split(SEPARATOR));
        this.version = schemas.indexOf(layout.text());
        if (version < 0 || schemas.size() > MOST_VERSIONS) {
            throw new IllegalArgumentException(
                    "The history of " + schemas.size() + " schemas does not end with this one");
        }
        this.layouts = new RecordLayout[schemas.size()];
        for (int i = 0; i < layouts.length; i++) {
            layouts[i] = i == version || isCbor(schemas.get(i)) ? null : RecordLayout.parse(schemas.get(i));
        }
    }

    private RecordCodec(Class<?> type, CborCodec<T> cbor, Component[] components, MethodHandle constructor) {
        this.type = type;
        this.components = components;
        this.constructor = constructor;
        this.cbor = cbor;
        this.layout = RecordLayout.parse(cbor.schema());
        this.history = layout.text();
        this.version = 0;
        this.layouts = new RecordLayout[1];
        int most = 1 + nullBytes(components.length);
        for (Component component : components) {
            most += component.form().mostBytes();
        }
        this.fixed = most;
    }

    /** The codec of a record type, or {@code null} when Jackson is told to write it in a way of its own. */
    public static <T> @Nullable RecordCodec<T> of(Class<?> type) {
        if (!PlainRecords.isPlain(type)) {
            return null;
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            CborCodec<T> cbor = CborCodec.of(type);
            RecordComponent[] declared = type.getRecordComponents();
            Component[] components = new Component[declared.length];
            Class<?>[] signature = new Class<?>[declared.length];
            for (int i = 0; i < declared.length; i++) {
                components[i] = component(declared[i], i, lookup, cbor.mapper());
                signature[i] = declared[i].getType();
            }
            Arrays.sort(components, Comparator.comparing(component -> declared[component.place()].getName()));
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, signature))
                    .asType(MethodType.genericMethodType(declared.length))
                    .asSpreader(Object[].class, declared.length);
            return new RecordCodec<>(type, cbor, components, constructor);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // the general codec says what is wrong, if anything is
        }
    }

    private static Component component(
            RecordComponent component, int place, MethodHandles.Lookup lookup, CBORMapper mapper)
            throws ReflectiveOperationException {
        boolean optional = component.getType() == Optional.class
                && component.getGenericType() instanceof ParameterizedType generic
                && generic.getActualTypeArguments().length == 1;
        Type content = optional
                ? ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]
                : component.getGenericType();
        Class<?> type = optional ? rawType(content) : component.getType();
        ComponentForm form = ComponentForm.of(ShapeReader.shapeOf(content), type);
        MethodHandle read = lookup.unreflect(component.getAccessor())
                .asType(MethodType.methodType(form.readAs(component.getType()), Object.class));
        EmbeddedCbor embedded = form == ComponentForm.EMBEDDED ? new EmbeddedCbor(content, mapper) : null;
        return new Component(form, read, type, optional, place, embedded);
    }

    private static Class<?> rawType(Type type) {
        return type instanceof Class<?> raw ? raw : Object.class;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String schema() {
        return layout.text();
    }

    /** Every schema of the history has to be readable: a value may be as old as the state. */
    @Override
    public boolean reads(String id, String stored) {
        if (CBOR.equals(id)) {
            return cbor.reads(CBOR, stored);
        }
        return ID.equals(id)
                && Arrays.stream(stored.split(SEPARATOR))
                        .allMatch(
                                schema -> cbor.reads(CBOR, isCbor(schema) ? schema.substring(CBOR.length()) : schema));
    }

    @Override
    public String historyAfter(String id, String stored) {
        String before = CBOR.equals(id) ? CBOR + stored : stored;
        if (before.isEmpty()) {
            return schema();
        }
        List<String> schemas = List.of(before.split(SEPARATOR));
        if (schemas.contains(schema())) {
            return before;
        }
        if (schemas.size() >= MOST_VERSIONS) {
            throw new IllegalArgumentException(
                    "The state has had " + schemas.size() + " schemas, there is no room for more");
        }
        return before + SEPARATOR + schema();
    }

    @Override
    public VersionedCodec<T> withHistory(String history) {
        return history.equals(this.history) ? this : new RecordCodec<>(this, history);
    }

    private static boolean isCbor(String schema) {
        return schema.startsWith(CBOR);
    }

    private static int nullBytes(int components) {
        return (components + Byte.SIZE - 1) / Byte.SIZE;
    }

    @Override
    public byte[] encode(T value) {
        try {
            RecordOutput out = new RecordOutput(fixed);
            if (!written(value, out)) {
                writeWithNulls(value, out);
            }
            return out.toBytes();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // an accessor of the author's threw what it did not declare
        }
    }

    /** Whether it could be written: not when a component is null. */
    private boolean written(T value, RecordOutput out) throws Throwable {
        out.write(version << 1);
        for (Component component : components) {
            MethodHandle read = component.read();
            switch (component.form()) {
                case WHOLE -> {
                    if (component.type().isPrimitive()) {
                        out.writeWhole((long) read.invokeExact((Object) value));
                        continue;
                    }
                }
                case DOUBLE -> {
                    if (component.type().isPrimitive()) {
                        out.writeDouble((double) read.invokeExact((Object) value));
                        continue;
                    }
                }
                default -> {}
            }
            Object part = boxed(component, value);
            if (part == null) {
                return false;
            }
            write(component, part, out);
        }
        return true;
    }

    private void writeWithNulls(T value, RecordOutput out) throws Throwable {
        @Nullable Object[] parts = new @Nullable Object[components.length];
        byte[] nulls = new byte[nullBytes(components.length)];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = boxed(components[i], value);
            if (parts[i] == null) {
                nulls[i / Byte.SIZE] |= (byte) (1 << (i % Byte.SIZE));
            }
        }
        out.startAgain();
        out.write((version << 1) | 1);
        out.write(nulls);
        for (int i = 0; i < parts.length; i++) {
            Object part = parts[i];
            if (part != null) {
                write(components[i], part, out);
            }
        }
    }

    private static @Nullable Object boxed(Component component, Object value) throws Throwable {
        MethodHandle read = component.read();
        if (!component.type().isPrimitive()) {
            Object part = (Object) read.invokeExact(value);
            return component.optional() && part instanceof Optional<?> optional ? optional.orElse(null) : part;
        }
        return switch (component.form()) {
            case WHOLE -> (long) read.invokeExact(value);
            case DOUBLE -> (double) read.invokeExact(value);
            case BOOLEAN -> (boolean) read.invokeExact(value);
            default -> (Object) read.invokeExact(value);
        };
    }

    private static void write(Component component, Object part, RecordOutput out) {
        switch (component.form()) {
            case WHOLE -> out.writeWhole(((Number) part).longValue());
            case DOUBLE -> out.writeDouble((double) part);
            case FLOAT -> out.writeFloat((float) part);
            case BOOLEAN -> out.write((boolean) part ? 1 : 0);
            case TEXT -> out.writeText((String) part);
            case BYTES -> out.writeBytes((byte[]) part);
            case EMBEDDED -> out.writeBytes(component.cbor().encode(part));
        }
    }

    @Override
    @SuppressWarnings("unchecked") // the constructor is the type's own
    public T decode(byte[] bytes) {
        RecordInput in = new RecordInput(bytes);
        int head = in.read();
        if (head < 0) {
            return cbor.decode(bytes);
        }
        int written = head >> 1;
        if (written >= layouts.length) {
            throw new IllegalArgumentException("Schema " + written + " of " + layouts.length);
        }
        boolean nulls = (head & 1) != 0;
        if (written != version) {
            RecordLayout older = layouts[written];
            if (older == null) {
                throw new IllegalArgumentException("Schema " + written + " is none of this codec");
            }
            return cbor.decode(older.toCbor(in, nulls, cbor.mapper()));
        }
        byte[] absent = nulls ? in.readBytes(nullBytes(components.length)) : new byte[0];
        @Nullable Object[] arguments = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Component component = components[i];
            Object part = nulls && RecordLayout.isSet(absent, i) ? absent(component) : read(component, in);
            arguments[component.place()] = component.optional() ? Optional.ofNullable(part) : part;
        }
        in.requireEnd();
        try {
            return (T) constructor.invokeExact(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Object absent(Component component) {
        Class<?> type = component.type();
        return type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
    }

    private static @Nullable Object read(Component component, RecordInput in) {
        return switch (component.form()) {
            case WHOLE -> whole(component.type(), in.readWhole());
            case DOUBLE -> in.readDouble();
            case FLOAT -> in.readFloat();
            case BOOLEAN -> in.readBoolean();
            case TEXT -> in.readText();
            case BYTES -> in.readSized();
            case EMBEDDED -> component.cbor().decode(in.readSized());
        };
    }

    private static Object whole(Class<?> type, long number) {
        if (type == long.class || type == Long.class) {
            return number;
        }
        int narrow = Math.toIntExact(number);
        if (type == int.class || type == Integer.class) {
            return narrow;
        }
        boolean isShort = type == short.class || type == Short.class;
        if (narrow != (isShort ? (short) narrow : (byte) narrow)) {
            throw new IllegalArgumentException("A number does not fit its component");
        }
        return isShort ? (Object) (short) narrow : (Object) (byte) narrow;
    }

    /** Handlers that name the same state declare it twice; the declarations are the same when the types are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof RecordCodec<?> that && type.equals(that.type);
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }
}
