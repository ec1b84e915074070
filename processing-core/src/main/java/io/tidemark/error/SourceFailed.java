package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** The group membership or the changelog reader cannot go on: close the worker and restart it by the restart strategy. */
public final class SourceFailed extends TidemarkException {

    private final boolean fenced;

    public SourceFailed(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    /**
     * @param fenced whether somebody else has taken this member's place in the group
     */
    public SourceFailed(String message, @Nullable Throwable cause, boolean fenced) {
        super(message, cause);
        this.fenced = fenced;
    }

    public boolean isFenced() {
        return fenced;
    }
}
