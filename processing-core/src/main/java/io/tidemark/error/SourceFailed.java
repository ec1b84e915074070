package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** The group membership or the changelog reader cannot go on: close the worker and restart it by the restart strategy. */
public final class SourceFailed extends TidemarkException {

    public SourceFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
