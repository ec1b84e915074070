package io.tidemark.checkpoint;

import org.jspecify.annotations.Nullable;

/** Ends the transactions of somebody else. */
@FunctionalInterface
public interface Fencing {

    /**
     * Fences the producer of that transactional id, which aborts its open transaction.
     *
     * @return whether it is done; {@code false} asks to try again
     */
    boolean fence(String transactionalId);

    /** Why it could not be done the last time, or {@code null} when it was not refused. */
    default @Nullable String failure(String transactionalId) {
        return null;
    }
}
