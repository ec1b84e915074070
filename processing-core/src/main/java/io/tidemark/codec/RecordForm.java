package io.tidemark.codec;

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

/** A record type by its components. Thread-safe. */
final class RecordForm<T> {

    private static final byte[] NONE = {};

    private final Component[] components;
    private final MethodHandle constructor;
    private final CBORMapper mapper;
    private final int guess;

    /**
     * A layout that values were written with before.
     *
     * @param places for each of its parts the component of that name, or -1; {@code null} when the type is not by position any more
     */
    record Earlier(RecordLayout layout, int @Nullable [] places) {}

    /**
     * @param form how it is written
     * @param read takes the record to the component: a long, a double, a boolean, else an object
     * @param type its type, or of what it may hold
     * @param optional whether it is an {@link Optional}, which is written as what it holds, or as null
     * @param place its place in the constructor
     * @param cbor how it is written and read as CBOR
     */
    private record Component(
            String name,
            ComponentForm form,
            MethodHandle read,
            Class<?> type,
            boolean optional,
            int place,
            EmbeddedCbor cbor) {}

    private RecordForm(Component[] components, MethodHandle constructor, CBORMapper mapper) {
        this.components = components;
        this.constructor = constructor;
        this.mapper = mapper;
        int most = 1 + nullBytes(components.length);
        for (Component component : components) {
            most += component.form().mostBytes();
        }
        this.guess = most;
    }

    /** The form of a record type, or {@code null} when Jackson may be told to write it in a way of its own, or we may not look into it. */
    static <T> @Nullable RecordForm<T> of(Class<?> type, CBORMapper mapper) {
        if (!PlainRecords.isPlain(type)) {
            return null;
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            RecordComponent[] declared = type.getRecordComponents();
            Component[] components = new Component[declared.length];
            Class<?>[] signature = new Class<?>[declared.length];
            for (int i = 0; i < declared.length; i++) {
                components[i] = component(declared[i], i, lookup, mapper);
                signature[i] = declared[i].getType();
            }
            Arrays.sort(components, Comparator.comparing(Component::name));
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, signature))
                    .asType(MethodType.genericMethodType(declared.length))
                    .asSpreader(Object[].class, declared.length);
            return new RecordForm<>(components, constructor, mapper);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // the general codec says what is wrong, if anything is
        }
    }

    private static Component component(
            RecordComponent component, int place, MethodHandles.Lookup lookup, CBORMapper mapper)
            throws ReflectiveOperationException {
        Type content = component.getGenericType();
        boolean optional = component.getType() == Optional.class;
        if (optional && content instanceof ParameterizedType generic) {
            content = generic.getActualTypeArguments()[0];
        }
        Class<?> type = optional ? rawType(content) : component.getType();
        ComponentForm form = ComponentForm.of(ShapeReader.shapeOf(content), type);
        MethodHandle read = lookup.unreflect(component.getAccessor())
                .asType(MethodType.methodType(form.readAs(component.getType()), Object.class));
        return new Component(component.getName(), form, read, type, optional, place, new EmbeddedCbor(content, mapper));
    }

    private static Class<?> rawType(Type type) {
        return type instanceof Class<?> raw ? raw : Object.class;
    }

    private static int nullBytes(int components) {
        return (components + Byte.SIZE - 1) / Byte.SIZE;
    }

    /** For each part of a layout the component of that name, or -1. */
    int[] placesOf(RecordLayout layout) {
        List<String> names = Arrays.stream(components).map(Component::name).toList();
        return layout.parts().stream()
                .mapToInt(part -> names.indexOf(part.name()))
                .toArray();
    }

    byte[] encode(int version, T value) {
        try {
            RecordOutput out = new RecordOutput(guess);
            if (!written(version, value, out)) {
                writeWithNulls(version, value, out);
            }
            return out.toBytes();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // an accessor of the author's threw what it did not declare
        }
    }

    /** Whether it could be written: not when a component is null. */
    private boolean written(int version, T value, RecordOutput out) throws Throwable {
        out.write(version << 1);
        for (Component component : components) {
            MethodHandle read = component.read();
            if (component.type().isPrimitive() && component.form() == ComponentForm.WHOLE) {
                out.writeWhole((long) read.invokeExact((Object) value));
            } else if (component.type().isPrimitive() && component.form() == ComponentForm.DOUBLE) {
                out.writeDouble((double) read.invokeExact((Object) value));
            } else {
                Object part = boxed(component, value);
                if (part == null) {
                    return false;
                }
                write(component, part, out);
            }
        }
        return true;
    }

    private void writeWithNulls(int version, T value, RecordOutput out) throws Throwable {
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

    /** Reads a value of this version. */
    T decode(RecordInput in, boolean nulls) {
        byte[] absent = nulls ? in.readBytes(nullBytes(components.length)) : NONE;
        @Nullable Object[] arguments = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Component component = components[i];
            Object part = nulls && RecordLayout.isSet(absent, i) ? absent(component) : read(component, in);
            arguments[component.place()] = component.optional() ? Optional.ofNullable(part) : part;
        }
        return construct(in, arguments);
    }

    /** Reads a value of an earlier version, component by component. */
    T decode(RecordInput in, boolean nulls, Earlier earlier) {
        int[] places = earlier.places();
        if (places == null) {
            throw new IllegalStateException("An earlier layout has a place for each of its parts");
        }
        byte[] absent = nulls ? in.readBytes(nullBytes(places.length)) : NONE;
        @Nullable Object[] found = new @Nullable Object[components.length];
        for (int i = 0; i < places.length; i++) {
            if (!nulls || !RecordLayout.isSet(absent, i)) {
                ComponentForm written = earlier.layout().parts().get(i).form();
                if (places[i] < 0) {
                    written.read(in);
                } else {
                    Component component = components[places[i]];
                    found[places[i]] =
                            component.form() == written ? read(component, in) : widened(component, written.read(in));
                }
            }
        }
        @Nullable Object[] arguments = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Component component = components[i];
            Object part = found[i] == null ? absent(component) : found[i];
            arguments[component.place()] = component.optional() ? Optional.ofNullable(part) : part;
        }
        return construct(in, arguments);
    }

    /** Only what may grow comes here; what is written in a form of its own is read like what Jackson would have written. */
    private @Nullable Object widened(Component component, Object before) {
        return component.cbor().decode(mapper.writeValueAsBytes(before));
    }

    @SuppressWarnings("unchecked") // the constructor is the type's own
    private T construct(RecordInput in, @Nullable Object[] arguments) {
        in.requireEnd();
        try {
            return (T) constructor.invokeExact(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // the author's constructor threw what it did not declare
        }
    }

    private static @Nullable Object absent(Component component) {
        Class<?> type = component.type();
        return type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
    }

    private static @Nullable Object read(Component component, RecordInput in) {
        return switch (component.form()) {
            case WHOLE -> whole(component.type(), in.readWhole());
            case EMBEDDED -> component.cbor().decode(in.readSized());
            default -> component.form().read(in);
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
}
