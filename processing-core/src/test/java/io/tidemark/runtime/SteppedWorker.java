package io.tidemark.runtime;

import java.util.function.LongSupplier;

/** A worker stepped by hand: the production loop, reachable for tests of other packages. */
public final class SteppedWorker {

    private final PartitionLoop loop;
    private final LongSupplier nanos;

    public SteppedWorker(WorkerDuty duty, WorkerPorts ports, RuntimeListener listener, LongSupplier nanos) {
        this.loop =
                new PartitionLoop(duty, ports, new WorkerCounters(), new Rivalry("here", "me", true), listener, nanos);
        this.nanos = nanos;
    }

    /** One duty cycle; {@code false} when a record keeps failing and the processor stops. */
    public boolean doWork() {
        try {
            loop.doWork(nanos.getAsLong());
            return true;
        } catch (ProcessorHalted e) {
            return false;
        }
    }

    public WorkerStatus status() {
        return loop.status();
    }

    public void abandon() {
        loop.abandon();
    }

    public void stop() {
        loop.stop(false, java.time.Duration.ofSeconds(1));
    }
}
