package io.tidemark.codec;

import java.util.Set;

/** How a component of a record is written. The shape alone decides, so that the schema says all there is to know. */
enum ComponentForm {
    /** Zigzag, then seven bits a byte, the lowest first. */
    WHOLE(10),
    /** Eight bytes, big endian. */
    DOUBLE(8),
    /** Four bytes, big endian. */
    FLOAT(4),
    /** 0 or 1. */
    BOOLEAN(1),
    /** Length in bytes, UTF-8. */
    TEXT(16),
    /** Length, bytes. */
    BYTES(16),
    /** Length, CBOR. */
    EMBEDDED(32);

    private static final Set<Class<?>> WHOLE_TYPES =
            Set.of(byte.class, Byte.class, short.class, Short.class, int.class, Integer.class, long.class, Long.class);

    private final int guess;

    ComponentForm(int guess) {
        this.guess = guess;
    }

    /** Bytes it takes at most, where there is such a bound, else about. */
    int mostBytes() {
        return guess;
    }

    static ComponentForm of(Shape shape) {
        return shape instanceof Shape.Scalar
                ? switch (shape.text()) {
                    case "byte", "short", "int", "long" -> WHOLE;
                    case "double" -> DOUBLE;
                    case "float" -> FLOAT;
                    case "boolean" -> BOOLEAN;
                    case "string" -> TEXT;
                    case "bytes" -> BYTES;
                    default -> EMBEDDED;
                }
                : EMBEDDED;
    }

    /**
     * @throws IllegalArgumentException when another type happens to have a shape of that name
     */
    static ComponentForm of(Shape shape, Class<?> type) {
        ComponentForm form = of(shape);
        boolean fits = switch (form) {
            case WHOLE -> WHOLE_TYPES.contains(type);
            case DOUBLE -> type == double.class || type == Double.class;
            case FLOAT -> type == float.class || type == Float.class;
            case BOOLEAN -> type == boolean.class || type == Boolean.class;
            case TEXT -> type == String.class;
            case BYTES -> type == byte[].class;
            case EMBEDDED -> true;
        };
        if (!fits) {
            throw new IllegalArgumentException(type + " is not written as " + form);
        }
        return form;
    }

    /** The value as it stands there: a long, double, float, boolean, text or bytes; of what is embedded its bytes. */
    Object read(RecordInput in) {
        return switch (this) {
            case WHOLE -> in.readWhole();
            case DOUBLE -> in.readDouble();
            case FLOAT -> in.readFloat();
            case BOOLEAN -> in.readBoolean();
            case TEXT -> in.readText();
            case BYTES, EMBEDDED -> in.readSized();
        };
    }

    /** What the accessor is read as: numbers and truth values of the language without a box. */
    Class<?> readAs(Class<?> type) {
        if (!type.isPrimitive()) {
            return Object.class;
        }
        return switch (this) {
            case WHOLE -> long.class;
            case DOUBLE -> double.class;
            case BOOLEAN -> boolean.class;
            default -> Object.class;
        };
    }
}
