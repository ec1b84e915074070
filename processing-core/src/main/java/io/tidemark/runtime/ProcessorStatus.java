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
 * @param records what became of its records since the start
 */
public record ProcessorStatus(
        String id, State state, @Nullable String message, List<WorkerStatus> workers, RecordTotals records) {

    /** A processor that does not run here. */
    public static ProcessorStatus stopped(String id) {
        return new ProcessorStatus(id, State.STOPPED, null, List.of(), RecordTotals.NONE);
    }

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
