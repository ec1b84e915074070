package io.tidemark.runtime;

import java.time.Duration;

/** Notices, once for each time, that workers have been without a place in their group for longer than joining takes. */
final class GroupPatience {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long NEVER = Long.MIN_VALUE;

    private long since = NEVER;
    private boolean told;

    /**
     * @param waits whether any worker that runs has no place
     * @return whether that is to be told now
     */
    boolean look(boolean waits, long now) {
        if (!waits) {
            since = NEVER;
            told = false;
            return false;
        }
        if (since == NEVER) {
            since = now;
        }
        boolean news = !told && now - since > PATIENCE.toNanos();
        told |= news;
        return news;
    }
}
