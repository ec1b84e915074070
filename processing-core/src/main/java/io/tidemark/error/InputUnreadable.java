package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** The next batch of an input partition fails the checks of broker or client: refuse the task, others go on. */
public final class InputUnreadable extends TidemarkException {

    private final int partition;

    public InputUnreadable(int partition, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.partition = partition;
    }

    public int partition() {
        return partition;
    }
}
