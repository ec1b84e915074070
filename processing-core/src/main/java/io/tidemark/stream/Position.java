package io.tidemark.stream;

/**
 * Where reading goes on in one input partition.
 *
 * @param offset offset of the next record to read
 * @param leaderEpoch leader epoch of the record before it, or {@link #UNKNOWN_EPOCH}
 */
public record Position(long offset, int leaderEpoch) {

    /** Stands for a leader epoch that nobody told us. */
    public static final int UNKNOWN_EPOCH = -1;

    public Position {
        if (offset < 0) {
            throw new IllegalArgumentException("A position cannot be negative: " + offset);
        }
    }

    /** A position whose leader epoch is unknown. */
    public static Position at(long offset) {
        return new Position(offset, UNKNOWN_EPOCH);
    }
}
