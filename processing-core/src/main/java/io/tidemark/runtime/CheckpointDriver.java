package io.tidemark.runtime;

import io.tidemark.changelog.RollingBase;
import io.tidemark.checkpoint.CommitAction;
import io.tidemark.checkpoint.CommitEvent;
import io.tidemark.checkpoint.CommitPhase;
import io.tidemark.checkpoint.CommitProtocol;
import io.tidemark.checkpoint.CommitProtocol.Transition;
import io.tidemark.checkpoint.TransactionalLog.OffsetWithPointer;
import io.tidemark.error.CommitAborted;
import io.tidemark.error.OutcomeUnknown;
import io.tidemark.error.OutputRefused;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.error.StateCorrupted;
import io.tidemark.error.StorageFailed;
import io.tidemark.runtime.RuntimeEvent.CheckpointAborted;
import io.tidemark.runtime.RuntimeEvent.CheckpointCommitted;
import io.tidemark.runtime.RuntimeEvent.ProducerReplaced;
import io.tidemark.runtime.RuntimeEvent.ProducerUnavailable;
import io.tidemark.runtime.RuntimeEvent.StoreWriteFailed;
import io.tidemark.runtime.RuntimeEvent.TaskCheckpointed;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.GroupToken;
import io.tidemark.stream.InputPartition;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Performs the actions of the commit table for one worker and reports each outcome as the next event. Where it stands is the phase and
 * nothing else.
 */
final class CheckpointDriver {

    /** What the loop does when the driver tells it to. */
    interface Tasks {

        /** Seeks every live task to its positions and forgets records that were polled before. */
        void seekAll();

        /** Turns every live task back into one that looks for its committed checkpoint. */
        void recoverAll();
    }

    private static final Duration RETRY = Duration.ofMillis(500);
    private static final int MOST_VOIDS = 20;
    private static final Duration MOST_VOIDS_FOR = Duration.ofSeconds(20);
    private static final int FREE_VOIDS = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(30);
    private static final Duration HICCUP = Duration.ofSeconds(10);
    private static final long NEVER = Long.MAX_VALUE;

    private final String processor;
    private final WorkerPorts ports;
    private final TaskTable table;
    private final Tasks tasks;
    private final long cacheBytes;
    private final RollingBase rolling;
    private final Rivalry rivalry;
    private final RuntimeListener listener;
    private final LongSupplier nanos;
    /** A worker starts in doubt: what its predecessor under the same transactional id left is resolved before anything is read. */
    private CommitPhase phase = CommitPhase.DOUBT;

    private int voids;
    private long firstVoid = -1;
    private long resumeAt = Long.MIN_VALUE;
    private String reason = "";
    private long retryAt = Long.MIN_VALUE;
    private long stuckSince = -1;
    private long toldAt;
    private @Nullable Unwritable unwritable;
    private @Nullable Damaged damaged;
    private boolean outputRefused;
    private long deadline = NEVER;

    // ---- when the parts of the running checkpoint ended
    private long drainedAt;
    private long appendedAt;

    /**
     * A task whose delta cannot be written because a value of some state cannot be encoded.
     *
     * @param inARow how often in a row
     */
    record Unwritable(TaskSlot slot, String message, int inARow) {}

    /** A task whose store holds bytes that are not what was written. */
    record Damaged(TaskSlot slot, StateCorrupted cause) {}

    CheckpointDriver(
            String processor,
            WorkerPorts ports,
            TaskTable table,
            Tasks tasks,
            long cacheBytes,
            RollingBase rolling,
            Rivalry rivalry,
            RuntimeListener listener,
            LongSupplier nanos) {
        this.cacheBytes = cacheBytes;
        this.rolling = rolling;
        this.rivalry = rivalry;
        this.processor = processor;
        this.ports = ports;
        this.table = table;
        this.tasks = tasks;
        this.listener = listener;
        this.nanos = nanos;
    }

    CommitPhase phase() {
        return phase;
    }

    /** Whether attempts keep coming to nothing, often and for long: something a retry does not cure. */
    boolean isHopeless(long now) {
        return voids >= MOST_VOIDS && now - firstVoid >= MOST_VOIDS_FOR.toNanos();
    }

    /** Whether the worker pauses after attempts that came to nothing; the pause grows with them. */
    boolean isPausing(long now) {
        return now < resumeAt;
    }

    /** Attempts in a row that came to nothing. */
    int voids() {
        return voids;
    }

    private void failed() {
        long now = nanos.getAsLong();
        if (voids++ == 0) {
            firstVoid = now;
        }
        if (voids > FREE_VOIDS) {
            long pause = FIRST_PAUSE.toNanos() << Math.min(voids - FREE_VOIDS, 4);
            resumeAt = now + pause;
        }
    }

    String lastReason() {
        return reason;
    }

    /** The task whose delta could not be written the last time, if any. */
    @Nullable
    Unwritable unwritable() {
        return unwritable;
    }

    void forgetUnwritable() {
        unwritable = null;
    }

    /** The task whose store was found damaged by the last attempt, if any; asking clears it. */
    @Nullable
    Damaged takeDamaged() {
        Damaged found = damaged;
        damaged = null;
        return found;
    }

    /** Whether the last attempt was void because the broker refused an output; asking clears it. */
    boolean takeOutputRefused() {
        boolean refused = outputRefused;
        outputRefused = false;
        return refused;
    }

    /** What has kept the worker from working for longer than a hiccup, or {@code null}. */
    @Nullable
    String trouble(long now) {
        if (stuckSince < 0 || now - stuckSince < HICCUP.toNanos()) {
            return null;
        }
        return "No producer can be made: " + reason;
    }

    boolean isRunning() {
        return phase == CommitPhase.RUNNING;
    }

    /** Takes a checkpoint of everything that has something to say. Ends in any phase but a passing one. */
    void checkpoint() {
        checkpointBefore(NEVER);
    }

    /**
     * The same, given up when the commit has not been asked for by {@code deadline}. A single call to the broker is not cut short; each
     * has a time-out of its own.
     */
    void checkpointBefore(long deadline) {
        this.deadline = deadline;
        try {
            drive(CommitEvent.CHECKPOINT_DUE, nanos.getAsLong());
        } finally {
            this.deadline = NEVER;
        }
    }

    /** What was done since the last checkpoint is void. */
    void abandon(String reason) {
        this.reason = reason;
        drive(CommitEvent.ATTEMPT_VOID, nanos.getAsLong());
    }

    /**
     * Nobody knows what became of something that was sent. Nobody has asked for a commit either, so an abort decides it, and only when that
     * fails is the producer of no use any more. One that was fenced is of none already.
     */
    void abandonOrDoubt(OutcomeUnknown cause) {
        drive(beforeTheCommit(cause), nanos.getAsLong());
    }

    /** Goes on from doubt: another try at a producer. */
    void retry(long now) {
        if (now >= retryAt && phase == CommitPhase.DOUBT) {
            perform(List.of(CommitAction.REPLACE_PRODUCER), now);
        }
    }

    private void drive(CommitEvent first, long start) {
        Transition transition = CommitProtocol.next(phase, first);
        phase = transition.next();
        perform(transition.actions(), start);
    }

    /** Follows the table until a phase has nothing more to do now. */
    private void perform(List<CommitAction> first, long start) {
        List<CommitAction> actions = first;
        while (!actions.isEmpty()) {
            CommitEvent event = null;
            for (CommitAction action : actions) {
                event = perform(action, start);
                if (event == CommitEvent.IN_DOUBT) {
                    break;
                }
            }
            if (event == null) {
                return;
            }
            Transition transition = CommitProtocol.next(phase, event);
            boolean waits = event == CommitEvent.PRODUCER_UNAVAILABLE;
            phase = transition.next();
            stuck(waits);
            if (waits) {
                retryAt = nanos.getAsLong() + RETRY.toNanos();
                return;
            }
            actions = transition.actions();
        }
    }

    private void stuck(boolean waits) {
        long now = nanos.getAsLong();
        if (!waits) {
            stuckSince = -1;
            return;
        }
        if (stuckSince < 0) {
            stuckSince = now;
            toldAt = now - HICCUP.toNanos();
        }
        if (now - toldAt >= HICCUP.toNanos()) {
            toldAt = now;
            listener.on(new ProducerUnavailable(processor, reason));
        }
    }

    /** The event an action leads to, or {@code null} for one that only prepares the next action. */
    private @Nullable CommitEvent perform(CommitAction action, long start) {
        return switch (action) {
            case PREPARE_DELTAS -> attempt(this::prepareDeltas, CommitEvent.DELTAS_APPENDED);
            case SEND_OFFSETS -> attempt(this::sendOffsets, CommitEvent.OFFSETS_SENT);
            case COMMIT_TRANSACTION -> commit();
            case COMPLETE_CHECKPOINT -> complete(start);
            case ABORT_TRANSACTION -> abort();
            case DISCARD_DIRTY -> {
                table.live().forEach(LiveTask::rewind);
                yield null;
            }
            case REWIND_TASKS -> {
                failed();
                tasks.seekAll();
                listener.on(new CheckpointAborted(processor, reason));
                yield CommitEvent.REWOUND;
            }
            case DROP_CELLS -> {
                failed();
                tasks.recoverAll();
                yield null;
            }
            case REPLACE_PRODUCER -> replaceProducer();
            case RECOVER_TASKS -> null;
        };
    }

    private CommitEvent attempt(Runnable step, CommitEvent success) {
        try {
            step.run();
            return success;
        } catch (ProcessorFailed | CommitAborted e) {
            reason = String.valueOf(e.getMessage());
            return CommitEvent.ATTEMPT_VOID;
        } catch (OutputRefused e) {
            outputRefused = true;
            reason = String.valueOf(e.getMessage());
            return CommitEvent.ATTEMPT_VOID;
        } catch (OutcomeUnknown e) {
            return phase == CommitPhase.PREPARING ? beforeTheCommit(e) : inDoubt(e);
        }
    }

    private CommitEvent beforeTheCommit(OutcomeUnknown e) {
        if (e.isFenced()) {
            return inDoubt(e);
        }
        reason = String.valueOf(e.getMessage());
        return CommitEvent.ATTEMPT_VOID;
    }

    private CommitEvent inDoubt(OutcomeUnknown e) {
        if (e.isFenced()) {
            rivalry.fenced(nanos.getAsLong());
        }
        reason = String.valueOf(e.getMessage());
        return CommitEvent.IN_DOUBT;
    }

    private void prepareDeltas() {
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null && task.hasSomethingToSay()) {
                prepareDelta(slot, task);
            }
        }
        drainedAt = nanos.getAsLong();
        ports.log().flush();
        appendedAt = nanos.getAsLong();
    }

    private void prepareDelta(TaskSlot slot, LiveTask task) {
        try {
            task.prepare(ports.log(), ports.codec(), rolling, ports.attempts().get());
        } catch (ProcessorFailed e) {
            Unwritable before = unwritable;
            int times = before != null && before.slot() == slot ? before.inARow() + 1 : 1;
            unwritable = new Unwritable(slot, String.valueOf(e.getMessage()), times);
            throw e;
        } catch (StateCorrupted e) {
            damaged = new Damaged(slot, e);
            throw new CommitAborted(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The membership is taken now, on the polling thread: tasks that were revoked or lost since their first dirty record are not in the
     * table any more, so what is sent belongs to tasks that were kept without interruption.
     */
    private void sendOffsets() {
        Map<InputPartition, OffsetWithPointer> offsets = new HashMap<>();
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null && task.isPrepared()) {
                task.addPointers(offsets);
                if (!slot.owned().containsAll(inputsOf(task, offsets))) {
                    throw new CommitAborted("Task " + task.id() + " does not own all of its inputs any more", null);
                }
            }
        }
        GroupToken group = ports.source().groupToken();
        if (group.generation() < 0 || group.memberId().isEmpty()) {
            throw new CommitAborted("The worker is not a member of its group at the moment", null);
        }
        ports.log().sendOffsets(offsets, group);
        if (nanos.getAsLong() > deadline) {
            throw new CommitAborted("The time to give the partitions up was over", null);
        }
    }

    private static List<InputPartition> inputsOf(LiveTask task, Map<InputPartition, OffsetWithPointer> offsets) {
        return offsets.keySet().stream()
                .filter(input -> input.partition() == task.id().partition())
                .toList();
    }

    /** Whatever goes wrong here, the transaction may have been committed. */
    private CommitEvent commit() {
        try {
            ports.log().commit();
            return CommitEvent.COMMITTED;
        } catch (OutcomeUnknown e) {
            return inDoubt(e);
        } catch (RuntimeException e) {
            reason = String.valueOf(e.getMessage());
            return CommitEvent.IN_DOUBT;
        }
    }

    /** The decision stands; writing it to the local store comes later. */
    private CommitEvent complete(long start) {
        voids = 0;
        firstVoid = -1;
        resumeAt = Long.MIN_VALUE;
        unwritable = null;
        int count = 0;
        long records = 0;
        long bytes = 0;
        for (LiveTask task : table.live()) {
            if (task.isPrepared()) {
                count++;
                records += task.recordsSinceCheckpoint();
                bytes += task.preparedBytes();
                CheckpointId id = task.decided();
                listener.on(new TaskCheckpointed(task.id(), id));
                long before = task.takeTrim();
                if (before >= 0) {
                    Quietly.run(() -> ports.trimmer().deleteBefore(task.id().partition(), before));
                }
            }
        }
        long now = nanos.getAsLong();
        if (count > 0) {
            listener.on(new CheckpointCommitted(
                    processor,
                    count,
                    records,
                    bytes,
                    Duration.ofNanos(drainedAt - start),
                    Duration.ofNanos(appendedAt - drainedAt),
                    Duration.ofNanos(now - appendedAt)));
        }
        List<LiveTask> live = table.live();
        for (LiveTask task : live) {
            task.state().trim(cacheBytes / live.size());
        }
        return CommitEvent.COMPLETED;
    }

    /** Writes a task's committed changes to its store. When that fails, the changelog still has them. */
    boolean fold(LiveTask task, long now) {
        try {
            task.fold(now);
            return true;
        } catch (StorageFailed e) {
            reason = String.valueOf(e.getMessage());
            listener.on(new StoreWriteFailed(task.id(), String.valueOf(e.getMessage())));
            return false;
        }
    }

    private @Nullable CommitEvent abort() {
        try {
            ports.log().abort();
            return null;
        } catch (OutcomeUnknown e) {
            return inDoubt(e);
        }
    }

    private CommitEvent replaceProducer() {
        try {
            ports.log().replace();
            if (!reason.isEmpty()) {
                listener.on(new ProducerReplaced(processor, reason));
            }
            return CommitEvent.PRODUCER_REPLACED;
        } catch (OutcomeUnknown e) {
            reason = String.valueOf(e.getMessage());
            return CommitEvent.PRODUCER_UNAVAILABLE;
        }
    }
}
