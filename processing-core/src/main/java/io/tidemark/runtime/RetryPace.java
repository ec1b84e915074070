package io.tidemark.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How often records that fail slowly are tried again, all of a worker together: a server that is away costs each attempt its time-out, and
 * with many tasks that wait for it, the others would get what is left. Attempts take a quarter of the worker's time at most.
 */
final class RetryPace {

    private static final int OTHERS = 3;
    private static final long CHEAP = Duration.ofMillis(100).toNanos();

    private final Map<Integer, Long> costs = new HashMap<>();
    private long freeAt = Long.MIN_VALUE;

    /** An attempt at a record of that partition failed, and took so long. */
    void failed(int partition, long took, long now) {
        if (took < CHEAP) {
            costs.remove(partition);
        } else {
            costs.put(partition, took);
            begin(took, now);
        }
    }

    /** Whether an attempt there is worth a thought. */
    boolean isCheap(int partition) {
        return !costs.containsKey(partition);
    }

    /** Whether one that is not cheap may be made now; if it may, it counts as made. */
    boolean admits(int partition, long now) {
        if (freeAt != Long.MIN_VALUE && now - freeAt < 0) {
            return false;
        }
        begin(costs.getOrDefault(partition, 0L), now);
        return true;
    }

    private void begin(long cost, long now) {
        freeAt = now + OTHERS * cost;
    }
}
