package io.tidemark.runtime;

import io.tidemark.stream.InputPartition;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.TaskId;
import java.util.HashMap;
import java.util.Map;
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
    private final Map<String, Failing> failing = new HashMap<>();
    private long resumeAt = -1;
    private @Nullable String isolation;
    private final Map<InputOffset, Condemned> condemned = new HashMap<>();

    /** The record of a topic that failed last, and how often in a row. */
    private record Failing(long offset, int times) {}

    /** A record that was tried as often as it may be. */
    private record Condemned(String message, @Nullable Throwable cause) {}

    private record InputOffset(String topic, long offset) {}

    TaskSlot(TaskId id) {
        this.id = id;
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
        this.resumeAt = -1;
        this.isolation = null;
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

    /** Whether its records are processed now. */
    boolean isProcessing() {
        LiveTask task = live;
        return task != null && task.isBorn() && resumeAt < 0 && isolation == null;
    }

    /** Whether the next checkpoint needs something of it. */
    boolean hasSomethingToSay() {
        LiveTask task = live;
        return task != null && task.hasSomethingToSay();
    }

    /** Counts a failure of the record at the head; answers how many in a row. */
    int recordFailed(String topic, long offset) {
        Failing before = failing.get(topic);
        int times = before != null && before.offset() == offset ? before.times() + 1 : 1;
        failing.put(topic, new Failing(offset, times));
        return times;
    }

    /** The records of a topic below that offset went through. */
    void recordsSucceeded(String topic, long nextOffset) {
        if (!failing.isEmpty()) {
            Failing last = failing.get(topic);
            if (last != null && nextOffset > last.offset()) {
                failing.remove(topic);
            }
        }
    }

    /** A record is not processed any more; the policy decides what becomes of it. */
    void condemn(String topic, long offset, String message, @Nullable Throwable cause) {
        condemned.put(new InputOffset(topic, offset), new Condemned(message, cause));
    }

    /** What is committed does not come again. */
    void forgetCondemned() {
        LiveTask task = live;
        if (task != null && !condemned.isEmpty()) {
            condemned.keySet().removeIf(record -> task.committedPosition(record.topic()) > record.offset());
        }
    }

    boolean isCondemned(InputRecord record) {
        return !condemned.isEmpty() && condemnation(record) != null;
    }

    /** Why a condemned record is not processed. */
    String condemnationMessage(InputRecord record) {
        Condemned one = condemnation(record);
        return one == null ? "" : one.message();
    }

    /** What its handler threw, if that was it. */
    @Nullable
    Throwable condemnationCause(InputRecord record) {
        Condemned one = condemnation(record);
        return one == null ? null : one.cause();
    }

    private @Nullable Condemned condemnation(InputRecord record) {
        return condemned.get(new InputOffset(record.topic(), record.offset()));
    }

    /** The task processes nothing until it is taken over anew. */
    void isolate(String message) {
        isolation = message;
    }

    /** A failed record is tried again then. */
    void waitUntil(long at) {
        resumeAt = at;
    }

    /** When a failed record is tried again, or -1 when none waits. */
    long resumeAt() {
        return resumeAt;
    }

    void resumed() {
        resumeAt = -1;
    }

    TaskStatus status(long lag) {
        LiveTask task = live;
        if (task != null) {
            long checkpoint =
                    task.committed() == null ? -1 : task.committed().id().number();
            TaskStatus.Phase phase = isolation != null
                    ? TaskStatus.Phase.ISOLATED
                    : resumeAt >= 0 ? TaskStatus.Phase.RETRYING : TaskStatus.Phase.RUNNING;
            return new TaskStatus(id.partition(), phase, checkpoint, lag, isolation);
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
        TaskStatus.Phase phase = restore == null ? TaskStatus.Phase.INCOMPLETE : TaskStatus.Phase.RESTORING;
        return new TaskStatus(id.partition(), phase, -1, lag, null);
    }
}
