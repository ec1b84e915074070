package io.tidemark.runtime;

import io.tidemark.stream.TaskId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this instance has learned about records of one processor. It outlives attempts, restores and workers, and ends with the process:
 * a record that was found out once is not found out again at the cost of its neighbours. Thread-safe.
 */
public final class Verdicts {

    private final Map<TaskId, TaskVerdicts> tasks = new ConcurrentHashMap<>();

    /**
     * What is known of a task, for whoever takes it over. A worker that had it before, and may be stuck in a handler still, keeps what it
     * had: nothing it learns from here on, but that its record takes too long, is of any consequence.
     */
    TaskVerdicts handOver(TaskId task) {
        return tasks.compute(task, (id, before) -> before == null ? new TaskVerdicts() : before.handOver());
    }

    /** What is known of a task now. */
    TaskVerdicts of(TaskId task) {
        return tasks.computeIfAbsent(task, id -> new TaskVerdicts());
    }
}
