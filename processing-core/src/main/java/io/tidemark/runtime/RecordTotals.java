package io.tidemark.runtime;

import java.util.Collection;

/**
 * Records of one processor on this instance since its start.
 *
 * @param in processed
 * @param out sent
 * @param failed failed attempts
 * @param skipped left out after their last attempt
 * @param deadLettered sent to a dead-letter topic after their last attempt
 */
public record RecordTotals(long in, long out, long failed, long skipped, long deadLettered) {

    /** Nothing yet. */
    public static final RecordTotals NONE = new RecordTotals(0, 0, 0, 0, 0);

    static RecordTotals of(Collection<WorkerCounters> workers) {
        RecordTotals sum = NONE;
        for (WorkerCounters worker : workers) {
            sum = new RecordTotals(
                    sum.in + worker.recordsIn(),
                    sum.out + worker.recordsOut(),
                    sum.failed + worker.recordsFailed(),
                    sum.skipped + worker.recordsSkipped(),
                    sum.deadLettered + worker.recordsDeadLettered());
        }
        return sum;
    }
}
