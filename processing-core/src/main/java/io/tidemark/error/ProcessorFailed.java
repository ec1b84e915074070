package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** A record could not be processed: decoding, the author's handler or its output failed. The record left no trace; a policy decides. */
public final class ProcessorFailed extends TidemarkException {

    public ProcessorFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
