package io.tidemark.runtime;

import io.tidemark.checkpoint.CommitPhase;
import java.util.List;

/**
 * What one worker looks like from outside, as of its last duty cycle.
 *
 * @param phase where it stands in its checkpoint
 * @param tasks its tasks
 */
public record WorkerStatus(CommitPhase phase, List<TaskStatus> tasks) {

    /** A worker that has not run yet. */
    public static WorkerStatus starting() {
        return new WorkerStatus(CommitPhase.DOUBT, List.of());
    }
}
