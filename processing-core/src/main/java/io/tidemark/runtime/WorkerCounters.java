package io.tidemark.runtime;

import java.util.concurrent.atomic.AtomicLong;

/** Running totals of one worker. Written by the worker once per slice, never per record; read by anybody. */
public final class WorkerCounters {

    private final AtomicLong recordsIn = new AtomicLong();
    private final AtomicLong recordsOut = new AtomicLong();
    private final AtomicLong recordsFailed = new AtomicLong();
    private final AtomicLong recordsSkipped = new AtomicLong();
    private final AtomicLong recordsDeadLettered = new AtomicLong();

    public long recordsIn() {
        return recordsIn.get();
    }

    public long recordsOut() {
        return recordsOut.get();
    }

    public long recordsFailed() {
        return recordsFailed.get();
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

    void failed() {
        recordsFailed.incrementAndGet();
    }

    void givenUp(long skipped, long deadLettered) {
        recordsSkipped.addAndGet(skipped);
        recordsDeadLettered.addAndGet(deadLettered);
    }
}
