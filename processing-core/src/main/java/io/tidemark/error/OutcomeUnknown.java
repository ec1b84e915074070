package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/**
 * Nobody can tell whether the transaction commits, or the producer can no longer be used: drop the cells, replace the producer,
 * initialize transactions, and let the committed pointers decide. Never abort and carry on.
 */
public final class OutcomeUnknown extends TidemarkException {

    private final boolean fenced;

    public OutcomeUnknown(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    /**
     * @param fenced whether somebody else has taken over the transactional id, or the broker ended the transaction
     */
    public OutcomeUnknown(String message, @Nullable Throwable cause, boolean fenced) {
        super(message, cause);
        this.fenced = fenced;
    }

    public boolean isFenced() {
        return fenced;
    }
}
