package io.tidemark.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a processor looks like on this instance.
 *
 * @param id its id
 * @param state whether it runs
 * @param message why it does not, or what is wrong, or {@code null}
 * @param workers its workers
 * @param recordsIn records processed since the start
 * @param recordsOut records sent since the start
 * @param recordsFailed failed attempts since the start
 */
public record ProcessorStatus(
        String id,
        State state,
        @Nullable String message,
        List<WorkerStatus> workers,
        long recordsIn,
        long recordsOut,
        long recordsFailed) {

    /** Life of a processor on this instance. */
    public enum State {
        STARTING,
        RUNNING,
        /** A worker failed and is made anew after a pause, or the surroundings do not fit yet. */
        RESTARTING,
        /** Stopped for good until the application restarts. */
        FAILED,
        STOPPED
    }

    /** All tasks of all workers. */
    public List<TaskStatus> tasks() {
        return workers.stream().flatMap(worker -> worker.tasks().stream()).toList();
    }
}
