package io.tidemark.api;

/**
 * A value that would not come back as it is. The message says why and never quotes content: it goes to logs, health and dead letters.
 */
public final class UnstorableValue extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    /**
     * @param message why, as the end of a sentence; names types and fields only
     */
    public UnstorableValue(String message) {
        super(message);
    }
}
