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
 * @param unassigned records that wait in partitions no instance has, -1 when that is not known
 * @param heldBack whose open transaction holds input records back, or {@code null}
 */
public record ProcessorStatus(
        String id,
        State state,
        @Nullable String message,
        List<WorkerStatus> workers,
        RecordTotals records,
        long unassigned,
        @Nullable String heldBack) {

    public ProcessorStatus(
            String id, State state, @Nullable String message, List<WorkerStatus> workers, RecordTotals records) {
        this(id, state, message, workers, records, 0, null);
    }

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
        /** Its workers run, and none of its tasks on this instance may: each is refused, or waits for an upgrade. */
        REFUSED,
        /** Stopped for good until the application restarts. */
        FAILED,
        STOPPED
    }

    /**
     * Records that wait for this instance: for its tasks, whatever keeps them from processing, and in partitions that nobody has.
     *
     * @return -1 while that of any is not known
     */
    public long lag() {
        long sum = unassigned;
        for (TaskStatus task : tasks()) {
            if (task.lag() < 0 || sum < 0) {
                return -1;
            }
            sum += task.lag();
        }
        return sum;
    }

    /** All tasks of all workers. */
    public List<TaskStatus> tasks() {
        return workers.stream().flatMap(worker -> worker.tasks().stream()).toList();
    }
}
