package io.tidemark.runtime;

import java.util.concurrent.atomic.AtomicLong;

/** Running totals of one worker. Written by the worker once per slice, never per record; read by anybody. */
public final class WorkerCounters {

    private final AtomicLong recordsIn = new AtomicLong();
    private final AtomicLong recordsOut = new AtomicLong();
    private final AtomicLong recordsFailed = new AtomicLong();

    public long recordsIn() {
        return recordsIn.get();
    }

    public long recordsOut() {
        return recordsOut.get();
    }

    public long recordsFailed() {
        return recordsFailed.get();
    }

    void processed(long in, long out) {
        recordsIn.addAndGet(in);
        recordsOut.addAndGet(out);
    }

    void failed() {
        recordsFailed.incrementAndGet();
    }
}
