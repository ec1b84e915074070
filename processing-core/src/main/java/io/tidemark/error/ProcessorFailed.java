package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** A record could not be processed: decoding, the author's handler or its output failed. The record left no trace; a policy decides. */
public final class ProcessorFailed extends TidemarkException {

    private final boolean unfit;

    public ProcessorFailed(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private ProcessorFailed(String message, @Nullable Throwable cause, boolean unfit) {
        super(message, cause);
        this.unfit = unfit;
    }

    /** The record itself is to blame: it cannot be read, has no key, or is of no type that is handled. */
    public static ProcessorFailed unfit(String message, @Nullable Throwable cause) {
        return new ProcessorFailed(message, cause, true);
    }

    /** Whether the record itself is to blame, unless its cause says that something was away. */
    public boolean isUnfit() {
        return unfit;
    }

    /** The same failure, told with other words. */
    public ProcessorFailed told(String message) {
        return new ProcessorFailed(message, getCause(), unfit);
    }
}
