package io.tidemark.runtime;

import io.tidemark.api.FailureKind;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Running totals of one worker. Written by the worker once per slice, never per record; read by anybody. */
public final class WorkerCounters {

    private final AtomicLong recordsIn = new AtomicLong();
    private final AtomicLong recordsOut = new AtomicLong();
    private final Map<FailureKind, AtomicLong> recordsFailed = counters();
    private final AtomicLong recordsSkipped = new AtomicLong();
    private final AtomicLong recordsDeadLettered = new AtomicLong();

    private static Map<FailureKind, AtomicLong> counters() {
        Map<FailureKind, AtomicLong> counters = new EnumMap<>(FailureKind.class);
        for (FailureKind kind : FailureKind.values()) {
            counters.put(kind, new AtomicLong());
        }
        return counters;
    }

    public long recordsIn() {
        return recordsIn.get();
    }

    public long recordsOut() {
        return recordsOut.get();
    }

    public long recordsFailed(FailureKind kind) {
        AtomicLong failed = recordsFailed.get(kind);
        return failed == null ? 0 : failed.get();
    }

    public long recordsSkipped() {
        return recordsSkipped.get();
    }

    public long recordsDeadLettered() {
        return recordsDeadLettered.get();
    }

    void processed(long in, long out) {
        recordsIn.addAndGet(in);
        recordsOut.addAndGet(out);
    }

    void failed(FailureKind kind) {
        AtomicLong failed = recordsFailed.get(kind);
        if (failed != null) {
            failed.incrementAndGet();
        }
    }

    void givenUp(long skipped, long deadLettered) {
        recordsSkipped.addAndGet(skipped);
        recordsDeadLettered.addAndGet(deadLettered);
    }
}
