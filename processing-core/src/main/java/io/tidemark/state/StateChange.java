package io.tidemark.state;

import org.jspecify.annotations.Nullable;

/**
 * One change of a delta.
 *
 * @param kind what happens
 * @param row the row, or the prefix of rows
 * @param value the row's new value; {@code null} unless {@link Kind#PUT}
 */
public record StateChange(Kind kind, byte[] row, byte @Nullable [] value) {

    /** What happens to a row. */
    public enum Kind {
        PUT(0),
        DELETE(1),
        /** Every row that starts with the given bytes goes. */
        DELETE_PREFIX(2);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        /** Its code in stored bytes. */
        public byte code() {
            return code;
        }
    }

    public StateChange {
        if ((kind == Kind.PUT) != (value != null)) {
            throw new IllegalArgumentException("Exactly a put has a value");
        }
    }

    public static StateChange put(byte[] row, byte[] value) {
        return new StateChange(Kind.PUT, row, value);
    }

    public static StateChange delete(byte[] row) {
        return new StateChange(Kind.DELETE, row, null);
    }

    public static StateChange deletePrefix(byte[] prefix) {
        return new StateChange(Kind.DELETE_PREFIX, prefix, null);
    }

    /** Size of what is stored for it. */
    public int sizeInBytes() {
        return row.length + (value == null ? 0 : value.length);
    }
}
