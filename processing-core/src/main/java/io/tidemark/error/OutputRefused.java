package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/**
 * The broker will never take one of the outputs of this attempt: the attempt is void, and the record that caused it has to be found, or
 * the next attempt ends the same way.
 */
public final class OutputRefused extends TidemarkException {

    public OutputRefused(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
