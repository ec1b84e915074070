package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** Stored bytes are not what was written: set them aside and restore from the changelog. */
public final class StateCorrupted extends TidemarkException {

    public StateCorrupted(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
