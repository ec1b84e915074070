package io.tidemark.runtime;

import io.tidemark.api.ProcessorDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** One processor on this instance: its workers, started and stopped together. */
final class ProcessorRunner {

    private final ProcessorDefinition definition;
    private final List<WorkerThread> workers = new ArrayList<>();

    ProcessorRunner(
            ProcessorDefinition definition,
            WorkerPlan plan,
            int concurrency,
            RuntimeListener listener,
            LongSupplier nanos) {
        this.definition = definition;
        for (int number = 0; number < concurrency; number++) {
            workers.add(new WorkerThread(plan, number, () -> requestStop(false), listener, nanos));
        }
    }

    ProcessorDefinition definition() {
        return definition;
    }

    void start() {
        workers.forEach(WorkerThread::start);
    }

    void requestStop(boolean leave) {
        workers.forEach(worker -> worker.requestStop(leave));
    }

    /** Whether all workers ended. */
    boolean awaitEnd(long deadline) throws InterruptedException {
        boolean ended = true;
        for (WorkerThread worker : workers) {
            ended &= worker.awaitEnd(deadline);
        }
        return ended;
    }

    /** Waits for the end of all workers, however long it takes. */
    void awaitEnd() throws InterruptedException {
        for (WorkerThread worker : workers) {
            worker.awaitEnd();
        }
    }

    void requestCheckpoint() {
        workers.forEach(WorkerThread::requestCheckpoint);
    }

    void look(long now) {
        workers.forEach(worker -> worker.look(now));
    }

    /** The worst state of any worker is the processor's. */
    ProcessorStatus status() {
        ProcessorStatus.State state = ProcessorStatus.State.RUNNING;
        String message = null;
        for (WorkerThread worker : workers) {
            if (severity(worker.state()) > severity(state)) {
                state = worker.state();
                message = worker.message();
            }
        }
        List<WorkerStatus> each = workers.stream().map(WorkerThread::status).toList();
        return new ProcessorStatus(
                definition.id(),
                state,
                message,
                each,
                RecordTotals.of(workers.stream().map(WorkerThread::counters).toList()));
    }

    private static int severity(ProcessorStatus.State state) {
        return switch (state) {
            case RUNNING -> 0;
            case STARTING -> 1;
            case STOPPED -> 2;
            case RESTARTING -> 3;
            case FAILED -> 4;
        };
    }
}
