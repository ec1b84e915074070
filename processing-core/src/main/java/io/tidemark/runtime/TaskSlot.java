package io.tidemark.runtime;

import io.tidemark.stream.InputPartition;
import io.tidemark.stream.TaskId;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One partition number this worker owns at least one input partition of: what is owned, and how far the task is. */
final class TaskSlot {

    private final TaskId id;
    private final Set<InputPartition> owned = new TreeSet<>();
    private @Nullable TaskRestore restore;
    private @Nullable LiveTask live;
    private RestoreOutcome lastOutcome = new RestoreOutcome.Waiting();
    private long restoringSince;
    private long reexamineAt = Long.MIN_VALUE;
    private final TaskVerdicts verdicts;
    private @Nullable String incomplete;

    TaskSlot(TaskId id, TaskVerdicts verdicts) {
        this.id = id;
        this.verdicts = verdicts;
    }

    TaskId id() {
        return id;
    }

    Set<InputPartition> owned() {
        return owned;
    }

    long restoringSince() {
        return restoringSince;
    }

    @Nullable
    TaskRestore restore() {
        return restore;
    }

    void restoreWith(TaskRestore restore, long now) {
        this.restoringSince = now;
        this.restore = restore;
        releaseLive();
    }

    /** What is known about its records; stands whatever happens to the task. */
    TaskVerdicts verdicts() {
        return verdicts;
    }

    @Nullable
    LiveTask live() {
        return live;
    }

    /** The task processes nothing more. */
    void releaseLive() {
        LiveTask task = live;
        if (task != null) {
            live = null;
            task.release();
        }
    }

    void goLive(LiveTask task) {
        this.live = task;
        this.restore = null;
        this.lastOutcome = new RestoreOutcome.Waiting();
        verdicts.settle(task.committedPositions());
    }

    void outcome(RestoreOutcome outcome, long reexamineAt) {
        this.lastOutcome = outcome;
        this.reexamineAt = reexamineAt;
    }

    RestoreOutcome lastOutcome() {
        return lastOutcome;
    }

    long reexamineAt() {
        return reexamineAt;
    }

    /** Says why it does not have all of its inputs; whether that is new. */
    boolean isNews(String message) {
        boolean news = !message.equals(incomplete);
        incomplete = message;
        return news;
    }

    /** Whether its records are processed now. */
    boolean isProcessing() {
        LiveTask task = live;
        return task != null && task.isBorn() && !verdicts.isPausing() && verdicts.isolation() == null;
    }

    /** Whether the next checkpoint needs something of it. */
    boolean hasSomethingToSay() {
        LiveTask task = live;
        return task != null && task.hasSomethingToSay();
    }

    /** What is committed does not come again, and no verdict about it is needed. */
    void settleVerdicts() {
        LiveTask task = live;
        if (task != null) {
            verdicts.settle(task.committedPositions());
        }
    }

    TaskStatus status(long lag) {
        LiveTask task = live;
        if (task != null) {
            long checkpoint =
                    task.committed() == null ? -1 : task.committed().id().number();
            return liveStatus(checkpoint, lag);
        }
        if (lastOutcome instanceof RestoreOutcome.Stopped stopped) {
            return new TaskStatus(
                    id.partition(), TaskStatus.Phase.REFUSED, -1, lag, stopped.message() + " " + stopped.advice());
        }
        if (lastOutcome instanceof RestoreOutcome.TooOld tooOld) {
            return new TaskStatus(id.partition(), TaskStatus.Phase.AWAITING_UPGRADE, -1, lag, tooOld.message());
        }
        if (lastOutcome instanceof RestoreOutcome.Delayed delayed) {
            return new TaskStatus(id.partition(), TaskStatus.Phase.RESTORING, -1, lag, delayed.message());
        }
        if (lastOutcome instanceof RestoreOutcome.Held held) {
            return new TaskStatus(id.partition(), TaskStatus.Phase.RESTORING, -1, lag, held.message());
        }
        return restore == null
                ? new TaskStatus(id.partition(), TaskStatus.Phase.INCOMPLETE, -1, lag, incomplete)
                : new TaskStatus(id.partition(), TaskStatus.Phase.RESTORING, -1, lag, null);
    }

    private TaskStatus liveStatus(long checkpoint, long lag) {
        String isolation = verdicts.isolation();
        if (isolation != null) {
            return new TaskStatus(id.partition(), TaskStatus.Phase.ISOLATED, checkpoint, lag, isolation)
                    .stoppedBefore(verdicts.stopsBefore(id.partition()));
        }
        String waitsFor = verdicts.waitsFor();
        if (waitsFor != null) {
            return new TaskStatus(id.partition(), TaskStatus.Phase.WAITING, checkpoint, lag, waitsFor)
                    .stoppedBefore(verdicts.stopsBefore(id.partition()));
        }
        TaskStatus.Phase phase = verdicts.isPausing() ? TaskStatus.Phase.RETRYING : TaskStatus.Phase.RUNNING;
        return new TaskStatus(id.partition(), phase, checkpoint, lag, null);
    }
}
