package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/**
 * Nobody can tell whether the transaction commits, or the producer can no longer be used: drop the cells, replace the producer,
 * initialize transactions, and let the committed pointers decide. Never abort and carry on.
 */
public final class OutcomeUnknown extends TidemarkException {

    public OutcomeUnknown(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
