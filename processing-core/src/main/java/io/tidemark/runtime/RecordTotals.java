package io.tidemark.runtime;

import io.tidemark.api.FailureKind;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/**
 * Records of one processor on this instance since its start.
 *
 * @param in processed
 * @param out sent
 * @param failures failed attempts by kind
 * @param skipped left out after their last attempt
 * @param deadLettered sent to a dead-letter topic after their last attempt
 */
public record RecordTotals(long in, long out, Map<FailureKind, Long> failures, long skipped, long deadLettered) {

    /** Nothing yet. */
    public static final RecordTotals NONE = new RecordTotals(0, 0, Map.of(), 0, 0);

    /** Failed attempts of any kind. */
    public long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    static RecordTotals of(Collection<WorkerCounters> workers) {
        RecordTotals sum = NONE;
        Map<FailureKind, Long> failures = new EnumMap<>(FailureKind.class);
        for (FailureKind kind : FailureKind.values()) {
            failures.put(
                    kind,
                    workers.stream()
                            .mapToLong(worker -> worker.recordsFailed(kind))
                            .sum());
        }
        for (WorkerCounters worker : workers) {
            sum = new RecordTotals(
                    sum.in + worker.recordsIn(),
                    sum.out + worker.recordsOut(),
                    failures,
                    sum.skipped + worker.recordsSkipped(),
                    sum.deadLettered + worker.recordsDeadLettered());
        }
        return sum;
    }
}
