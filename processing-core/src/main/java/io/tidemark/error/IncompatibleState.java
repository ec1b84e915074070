package io.tidemark.error;

/** Stored state and declared state do not fit: refuse to start and name both. */
public final class IncompatibleState extends TidemarkException {

    public IncompatibleState(String message) {
        super(message, null);
    }
}
