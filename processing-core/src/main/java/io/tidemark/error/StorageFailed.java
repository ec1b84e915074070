package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** The local store cannot be read or written (disk full, permissions, a lock held elsewhere): retry later, nothing is lost. */
public final class StorageFailed extends TidemarkException {

    public StorageFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
