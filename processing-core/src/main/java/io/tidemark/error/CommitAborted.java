package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** The transaction certainly does not commit: abort it, drop what is dirty, rewind to the committed checkpoint and go on. */
public final class CommitAborted extends TidemarkException {

    public CommitAborted(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
