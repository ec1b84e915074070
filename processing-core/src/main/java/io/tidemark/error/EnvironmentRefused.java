package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** The surroundings do not fit (settings, topics, directories): do not start, say what to change. */
public final class EnvironmentRefused extends TidemarkException {

    private final String action;

    /**
     * @param message what was found
     * @param action what to do about it
     */
    public EnvironmentRefused(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    public String action() {
        return action;
    }
}
