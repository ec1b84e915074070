package io.tidemark.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How often records that fail slowly are tried again, all of a worker together: a server that is away costs each attempt its time-out, and
 * with many tasks that wait for it, the others would get what is left. Attempts take a quarter of the worker's time at most, as long as
 * there are others.
 */
final class RetryPace {

    private static final int OTHERS = 3;
    private static final long CHEAP = Duration.ofMillis(100).toNanos();
    private static final long NONE = Long.MIN_VALUE;

    private final long longest;
    private final Map<Integer, Long> costs = new HashMap<>();
    private long freeAt = NONE;

    /**
     * @param longest how long an attempt is put off at most, in nanoseconds
     */
    RetryPace(long longest) {
        this.longest = longest;
    }

    /** An attempt at a record of that partition failed, and took so long. */
    void failed(int partition, long took, long now) {
        if (took < CHEAP) {
            succeeded(partition);
        } else {
            costs.put(partition, took);
            begin(took, now);
        }
    }

    /** What was slow there is over: nothing has to be put off for it, nor for what waited for the same thing. */
    void succeeded(int partition) {
        if (costs.remove(partition) != null) {
            freeAt = NONE;
        }
    }

    /** Whether an attempt there is worth a thought. */
    boolean isCheap(int partition) {
        return !costs.containsKey(partition);
    }

    /** Whether one that is not cheap may be made now; if it may, it counts as made. */
    boolean admits(int partition, long now) {
        if (freeAt != NONE && now - freeAt < 0) {
            return false;
        }
        begin(costs.getOrDefault(partition, 0L), now);
        return true;
    }

    private void begin(long cost, long now) {
        freeAt = now + Math.min(longest, OTHERS * cost);
    }
}
