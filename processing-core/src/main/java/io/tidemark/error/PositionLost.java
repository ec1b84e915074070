package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** The next record to read is no longer in the partition (or never was): refuse the task and name the lost range. */
public final class PositionLost extends TidemarkException {

    private final String topic;
    private final int partition;

    public PositionLost(String topic, int partition, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.topic = topic;
        this.partition = partition;
    }

    public String topic() {
        return topic;
    }

    public int partition() {
        return partition;
    }
}
