package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** The next record to read is no longer in the partition (or never was): refuse the task and name the lost range. */
public final class PositionLost extends TidemarkException {

    private final String topic;
    private final int partition;
    private final long start;

    /**
     * @param start first offset that is left, or -1 when it is unknown or the log was truncated
     */
    public PositionLost(String topic, int partition, long start, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.start = start;
        this.topic = topic;
        this.partition = partition;
    }

    public String topic() {
        return topic;
    }

    public int partition() {
        return partition;
    }

    /** The first offset that is left where records were deleted from the beginning of the log; -1 otherwise. */
    public long start() {
        return start;
    }
}
