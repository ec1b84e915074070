package io.tidemark.codec;

import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes flat records (numbers, booleans and texts) as the very bytes the general writer makes of them, in a fraction of its time: names are
 * encoded once. What it cannot do is left to the general writer: nested types, annotations that change how something is written, types it may
 * not look into. Safe for use by several threads.
 */
final class CborRecordWriter {

    private static final int BEGIN = 0xBF;
    private static final int END = 0xFF;
    private static final int UNSIGNED = 0x00;
    private static final int NEGATIVE = 0x20;
    private static final int TEXT = 0x60;
    private static final int FALSE = 0xF4;
    private static final int TRUE = 0xF5;
    private static final int NULL = 0xF6;
    private static final int DOUBLE = 0xFB;

    /** A number and its head take that much at most. */
    private static final int NUMBER = 9;

    /** Longer texts are left to the general writer, which sends them in pieces. */
    private static final int MOST_TEXT = 1_000;

    private static final Set<Class<?>> WHOLE = Set.of(long.class, int.class, short.class, byte.class);
    private static final Set<Class<?>> BOXED_WHOLE = Set.of(Long.class, Integer.class, Short.class, Byte.class);

    private final Field[] fields;
    private final int fixed;

    private enum Form {
        LONG,
        BOXED_LONG,
        DOUBLE,
        BOXED_DOUBLE,
        BOOLEAN,
        BOXED_BOOLEAN,
        STRING
    }

    private record Field(byte[] name, Form form, MethodHandle read) {}

    private CborRecordWriter(Field[] fields) {
        this.fields = fields;
        int size = 2;
        for (Field field : fields) {
            size += field.name().length + NUMBER;
        }
        this.fixed = size;
    }

    /** A writer for that type, or {@code null} when it is not for this one. */
    static @Nullable CborRecordWriter of(Type type) {
        if (!(type instanceof Class<?> raw) || !raw.isRecord() || !isPlain(raw)) {
            return null;
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(raw, MethodHandles.lookup());
            RecordComponent[] components = raw.getRecordComponents();
            Field[] fields = new Field[components.length];
            for (int i = 0; i < fields.length; i++) {
                Field field = field(components[i], lookup);
                if (field == null) {
                    return null;
                }
                fields[i] = field;
            }
            return new CborRecordWriter(fields);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // the general writer says what is wrong, if anything is
        }
    }

    /**
     * Whether nothing about the type could make the general writer write something else: it looks at annotations of the type, of its
     * methods, constructors and their parameters, at those of its interfaces, and takes getters for components as well.
     */
    private static boolean isPlain(Class<?> type) {
        boolean foreignInterfaces = Arrays.stream(type.getInterfaces())
                .anyMatch(each -> !each.getName().startsWith("java."));
        boolean getters = Arrays.stream(type.getMethods())
                .filter(method -> method.getParameterCount() == 0 && method.getDeclaringClass() != Object.class)
                .anyMatch(method ->
                        method.getName().startsWith("get") || method.getName().startsWith("is"));
        Stream<AnnotatedElement> parts = Stream.of(
                        Stream.<AnnotatedElement>of(type),
                        Arrays.stream(type.getDeclaredFields()),
                        Arrays.stream(type.getDeclaredMethods()),
                        Arrays.stream(type.getDeclaredConstructors()),
                        Arrays.stream(type.getDeclaredConstructors())
                                .flatMap(constructor -> Arrays.stream(constructor.getParameters())),
                        Arrays.stream(type.getDeclaredMethods())
                                .flatMap(method -> Arrays.stream(method.getParameters())),
                        Arrays.stream(type.getRecordComponents()))
                .flatMap(elements -> elements);
        return !foreignInterfaces && !getters && parts.noneMatch(CborRecordWriter::isAnnotated);
    }

    private static @Nullable Field field(RecordComponent component, MethodHandles.Lookup lookup)
            throws ReflectiveOperationException {
        Form form = form(component.getType());
        byte[] name = component.getName().getBytes(StandardCharsets.UTF_8);
        if (form == null || name.length > 23) {
            return null;
        }
        Class<?> read = switch (form) {
            case LONG -> long.class;
            case DOUBLE -> double.class;
            case BOOLEAN -> boolean.class;
            default -> Object.class;
        };
        MethodHandle handle =
                lookup.unreflect(component.getAccessor()).asType(MethodType.methodType(read, Object.class));
        byte[] head = new byte[1 + name.length];
        head[0] = (byte) (TEXT | name.length);
        System.arraycopy(name, 0, head, 1, name.length);
        return new Field(head, form, handle);
    }

    private static @Nullable Form form(Class<?> type) {
        if (WHOLE.contains(type)) {
            return Form.LONG;
        }
        if (BOXED_WHOLE.contains(type)) {
            return Form.BOXED_LONG;
        }
        if (type == double.class) {
            return Form.DOUBLE;
        }
        if (type == Double.class) {
            return Form.BOXED_DOUBLE;
        }
        if (type == boolean.class) {
            return Form.BOOLEAN;
        }
        if (type == Boolean.class) {
            return Form.BOXED_BOOLEAN;
        }
        return type == String.class ? Form.STRING : null;
    }

    /** Annotations of the language and of null checkers change nothing; of any other nobody knows. */
    private static boolean isAnnotated(AnnotatedElement element) {
        for (Annotation annotation : element.getAnnotations()) {
            String name = annotation.annotationType().getName();
            if (!List.of("java.lang.", "org.jspecify.").stream().anyMatch(name::startsWith)) {
                return true;
            }
        }
        return false;
    }

    /** The bytes, or {@code null} when this value is not for this writer. */
    byte @Nullable [] write(Object value) {
        try {
            return written(value);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("ArgumentSelectionDefectChecker")
    private byte @Nullable [] written(Object value) throws Throwable {
        byte[] out = new byte[fixed];
        int at = 0;
        out[at++] = (byte) BEGIN;
        for (Field field : fields) {
            byte[] name = field.name();
            System.arraycopy(name, 0, out, at, name.length);
            at += name.length;
            switch (field.form()) {
                case LONG -> at = whole(out, at, (long) field.read().invokeExact(value));
                case DOUBLE -> at = real(out, at, (double) field.read().invokeExact(value));
                case BOOLEAN -> out[at++] = (byte) ((boolean) field.read().invokeExact(value) ? TRUE : FALSE);
                default -> {
                    Object boxed = (Object) field.read().invokeExact(value);
                    if (boxed == null) {
                        out[at++] = (byte) NULL;
                    } else if (boxed instanceof String text) {
                        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                        if (bytes.length > MOST_TEXT || isBroken(text, bytes)) {
                            return null;
                        }
                        out = Arrays.copyOf(out, out.length + bytes.length);
                        at = head(out, at, TEXT, bytes.length);
                        System.arraycopy(bytes, 0, out, at, bytes.length);
                        at += bytes.length;
                    } else if (boxed instanceof Boolean flag) {
                        out[at++] = (byte) (flag ? TRUE : FALSE);
                    } else if (boxed instanceof Double number) {
                        at = real(out, at, number);
                    } else {
                        at = whole(out, at, ((Number) boxed).longValue());
                    }
                }
            }
        }
        out[at++] = (byte) END;
        return Arrays.copyOf(out, at);
    }

    /** Half a surrogate pair is no text; the general writer refuses it. */
    private static boolean isBroken(String text, byte[] bytes) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return !new String(bytes, StandardCharsets.UTF_8).equals(text);
            }
        }
        return false;
    }

    private static int whole(byte[] out, int at, long value) {
        return value >= 0 ? head(out, at, UNSIGNED, value) : head(out, at, NEGATIVE, -value - 1);
    }

    private static int real(byte[] out, int at, double value) {
        out[at] = (byte) DOUBLE;
        return bigEndian(out, at + 1, Double.doubleToRawLongBits(value), Long.BYTES);
    }

    /** RFC 8949, 3.1: a major type and a number in as few bytes as it takes. */
    private static int head(byte[] out, int at, int major, long number) {
        if (number < 24) {
            out[at] = (byte) (major | (int) number);
            return at + 1;
        }
        int size = number <= 0xFF ? 0 : number <= 0xFFFF ? 1 : number <= 0xFFFF_FFFFL ? 2 : 3;
        out[at] = (byte) (major | 24 + size);
        return bigEndian(out, at + 1, number, 1 << size);
    }

    private static int bigEndian(byte[] out, int at, long number, int bytes) {
        for (int i = bytes - 1; i >= 0; i--) {
            out[at + i] = (byte) number;
            number >>>= Byte.SIZE;
        }
        return at + bytes;
    }
}
