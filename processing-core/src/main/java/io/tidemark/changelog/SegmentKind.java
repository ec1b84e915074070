package io.tidemark.changelog;

/** What a segment is. */
public enum SegmentKind {
    /** The changes of one checkpoint. */
    DELTA(1),
    /** A stretch of the rows as they were before the checkpoint: part of a new base. */
    BASE_SLICE(2);

    private final byte code;

    SegmentKind(int code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    static SegmentKind of(byte code) {
        for (SegmentKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new IllegalArgumentException("unknown segment kind " + code);
    }
}
