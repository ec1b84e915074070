package io.tidemark.checkpoint;

/** Ends the transactions of somebody else. */
@FunctionalInterface
public interface Fencing {

    /**
     * Fences the producer of that transactional id, which aborts its open transaction.
     *
     * @return whether it is done; {@code false} asks to try again
     */
    boolean fence(String transactionalId);
}
