package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** Ownership is gone: close without committing and write nothing more. */
public final class TaskFenced extends TidemarkException {

    public TaskFenced(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
