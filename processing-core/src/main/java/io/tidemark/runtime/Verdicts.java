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

    TaskVerdicts of(TaskId task) {
        return tasks.computeIfAbsent(task, id -> new TaskVerdicts());
    }
}
