package io.tidemark.runtime;

import io.tidemark.checkpoint.CommitPhase;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one worker looks like from outside, as of its last duty cycle.
 *
 * @param phase where it stands in its checkpoint
 * @param member whether it is a member of its group that has the tasks it is to have
 * @param tasks its tasks
 * @param trouble what has kept it from working for a while, or {@code null}
 */
public record WorkerStatus(
        CommitPhase phase,
        boolean member,
        List<TaskStatus> tasks,
        @Nullable String trouble) {

    /** The same without what it says of lags, which may have grown since. */
    WorkerStatus withoutLags() {
        return new WorkerStatus(
                phase, member, tasks.stream().map(task -> task.withLag(-1)).toList(), trouble);
    }

    /** What it looks like while it starts anew: the tasks are still its own in the group, and nothing of them is processed. */
    WorkerStatus restarting() {
        return new WorkerStatus(
                CommitPhase.DOUBT,
                false,
                tasks.stream()
                        .map(task -> new TaskStatus(task.partition(), TaskStatus.Phase.INCOMPLETE, -1, -1, null))
                        .toList(),
                trouble);
    }

    /** The same without tasks of those partitions. */
    WorkerStatus without(Set<Integer> partitions) {
        return new WorkerStatus(
                phase,
                member,
                tasks.stream()
                        .filter(task -> !partitions.contains(task.partition()))
                        .toList(),
                trouble);
    }

    /** A worker that has not run yet. */
    public static WorkerStatus starting() {
        return new WorkerStatus(CommitPhase.DOUBT, false, List.of(), null);
    }
}
