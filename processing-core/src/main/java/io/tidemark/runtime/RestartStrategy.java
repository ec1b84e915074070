package io.tidemark.runtime;

import java.time.Duration;
import java.util.Optional;

/** Whether and when a worker that failed is made anew. Names and meanings are those known from Flink. */
public sealed interface RestartStrategy {

    /** The pause before the next start, or empty to give up. */
    Optional<Duration> pauseAfter(FailureHistory history);

    /** The first failure is the last. */
    record None() implements RestartStrategy {

        @Override
        public Optional<Duration> pauseAfter(FailureHistory history) {
            return Optional.empty();
        }
    }

    /**
     * The same pause every time.
     *
     * @param attempts restarts in a row before it gives up
     * @param delay the pause
     */
    record FixedDelay(int attempts, Duration delay) implements RestartStrategy {

        @Override
        public Optional<Duration> pauseAfter(FailureHistory history) {
            return history.inARow() > attempts ? Optional.empty() : Optional.of(delay);
        }
    }

    /**
     * Pauses that grow while failures follow each other.
     *
     * @param attempts restarts in a row before it gives up
     * @param initial the first pause
     * @param longest where they stop growing
     * @param multiplier how much longer each is than the one before
     */
    record Exponential(int attempts, Duration initial, Duration longest, double multiplier) implements RestartStrategy {

        @Override
        public Optional<Duration> pauseAfter(FailureHistory history) {
            if (history.inARow() > attempts) {
                return Optional.empty();
            }
            double nanos = initial.toNanos() * Math.pow(multiplier, history.inARow() - 1.0);
            return Optional.of(Duration.ofNanos((long) Math.min(nanos, (double) longest.toNanos())));
        }
    }

    /**
     * The same pause every time, unless failures come too often.
     *
     * @param failures how many are allowed within the window
     * @param window the window
     * @param delay the pause
     */
    record FailureRate(int failures, Duration window, Duration delay) implements RestartStrategy {

        @Override
        public Optional<Duration> pauseAfter(FailureHistory history) {
            return history.within(window) > failures ? Optional.empty() : Optional.of(delay);
        }
    }

    /** Never gives up; pauses from one second to half a minute. */
    static RestartStrategy defaults() {
        return new Exponential(Integer.MAX_VALUE, Duration.ofSeconds(1), Duration.ofSeconds(30), 2);
    }
}
