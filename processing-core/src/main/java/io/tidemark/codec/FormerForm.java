package io.tidemark.codec;

/** How a component of a record was written in the format before this one. The shape alone decides, so that the schema says all there is to know. */
enum FormerForm {
    /** Zigzag, then seven bits a byte, the lowest first. */
    WHOLE,
    /** Eight bytes, big endian. */
    DOUBLE,
    /** Four bytes, big endian. */
    FLOAT,
    /** 0 or 1. */
    BOOLEAN,
    /** Length in bytes, UTF-8. */
    TEXT,
    /** Length, bytes. */
    BYTES,
    /** Length, CBOR. */
    EMBEDDED;

    static FormerForm of(FormerShape shape) {
        return shape instanceof FormerShape.Scalar
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

    /** The value as it stands there: a long, double, float, boolean, text or bytes; of what is embedded its bytes. */
    Object read(ValueInput in) {
        return switch (this) {
            case WHOLE -> in.readWhole();
            case DOUBLE -> in.readDouble();
            case FLOAT -> in.readFloat();
            case BOOLEAN -> in.readBoolean();
            case TEXT -> in.readText();
            case BYTES, EMBEDDED -> in.readSized();
        };
    }
}
