package io.tidemark.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** When one worker failed; the oldest are forgotten. Times are monotonic nanoseconds. */
public final class FailureHistory {

    /** A worker that ran for that long was well again. */
    private static final Duration STABLE = Duration.ofMinutes(1);

    private static final int KEPT = 1_000;

    private final Deque<Long> failures = new ArrayDeque<>();
    private int inARow;
    private long last;

    /**
     * @param now when it failed
     * @param ran how long it had run before
     */
    void failed(long now, long ran) {
        inARow = ran > STABLE.toNanos() ? 1 : inARow + 1;
        last = now;
        failures.addLast(now);
        if (failures.size() > KEPT) {
            failures.removeFirst();
        }
    }

    /** Failures without a stable time between them. */
    public int inARow() {
        return inARow;
    }

    /** Failures within so much time before the last one, itself included. */
    public int within(Duration window) {
        int count = 0;
        for (long at : failures) {
            count += last - at <= window.toNanos() ? 1 : 0;
        }
        return count;
    }
}
