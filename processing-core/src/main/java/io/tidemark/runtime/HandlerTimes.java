package io.tidemark.runtime;

import java.time.Duration;

/**
 * How long one call of a handler may take.
 *
 * @param transaction after so long the broker ends a transaction that is open
 * @param pollInterval after so long the group gives the worker's partitions to others
 */
public record HandlerTimes(Duration transaction, Duration pollInterval) {

    /** From here on a call is slow: together with what an attempt may take by itself, it can outlast the transaction. */
    long slowNanos() {
        return transaction.toNanos() / 3;
    }

    /** From here on its outcome cannot be committed any more. */
    long overdueNanos() {
        return pollInterval.toNanos();
    }
}
