package io.tidemark.runtime;

import io.tidemark.changelog.RollingBase;
import io.tidemark.checkpoint.RecoveryPlan;
import io.tidemark.error.CommitAborted;
import io.tidemark.error.InputUnreadable;
import io.tidemark.error.OutcomeUnknown;
import io.tidemark.error.OutputRefused;
import io.tidemark.error.PositionLost;
import io.tidemark.error.SourceFailed;
import io.tidemark.error.StateCorrupted;
import io.tidemark.error.StorageFailed;
import io.tidemark.error.TidemarkException;
import io.tidemark.runtime.CheckpointDriver.Damaged;
import io.tidemark.runtime.CheckpointDriver.Unwritable;
import io.tidemark.runtime.RestoreOutcome.Stopped;
import io.tidemark.runtime.TaskVerdicts.Condemned;
import io.tidemark.stream.KeyPlacement;
import io.tidemark.stream.PolledRecords;
import io.tidemark.stream.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One worker's duty cycle: poll, process a slice, restore a slice, checkpoint when due. Stepped by {@link #doWork}; owns its membership,
 * its producer and its tasks; confined to one thread. Times are monotonic nanoseconds.
 *
 * <p>An exception out of {@link #doWork} leaves nothing to save: whoever steps the loop calls {@link #abandon} and makes a new one.
 */
final class PartitionLoop implements CheckpointDriver.Tasks, Ownership.OpenWork {

    private static final Duration IDLE_POLL = Duration.ofMillis(50);
    private static final Duration CAUGHT_UP_POLL = Duration.ofMillis(2);

    /** How old a status may be: it looks at every task, which a worker with hundreds of them does not do in each cycle. */
    private static final long PUBLISH_NANOS = 50_000_000;

    private final WorkerDuty duty;
    private final WorkerSettings settings;
    private final WorkerPorts ports;
    private final Rivalry rivalry;
    private final LongSupplier nanos;
    private final TaskTable table;
    private final CheckpointDriver checkpoints;
    private final CheckpointTrigger trigger;
    private final RecordFailures failures;
    private final RecordPump pump;
    private final InputGate gate;
    private final TaskRestores restores;
    private final Ownership ownership;
    private final InputWatch inputs;
    private final IncompleteTasks incomplete;
    private volatile boolean joined;
    private boolean caughtUp;
    private long records;
    private long lastSettled;
    private long lastPublished;
    private int publishedVersion;
    private volatile WorkerStatus status = WorkerStatus.starting();
    private volatile boolean checkpointRequested;
    private volatile boolean assignmentRequested;

    PartitionLoop(
            WorkerDuty duty,
            WorkerPorts ports,
            WorkerCounters counters,
            Rivalry rivalry,
            RuntimeListener listener,
            LongSupplier nanos) {
        this.duty = duty;
        this.settings = duty.settings();
        this.ports = ports;
        this.rivalry = rivalry;
        this.nanos = nanos;
        this.table = new TaskTable(duty.verdicts());
        this.checkpoints = new CheckpointDriver(
                duty.definition().id(),
                ports,
                table,
                this,
                settings.store().cacheBytes(),
                new RollingBase(settings.base()),
                rivalry,
                listener,
                nanos);
        this.trigger = new CheckpointTrigger(settings.checkpoint(), nanos.getAsLong());
        this.lastSettled = nanos.getAsLong();
        this.lastPublished = lastSettled - PUBLISH_NANOS;
        this.gate = new InputGate(ports.source(), table, duty.definition().topics());
        this.failures = new RecordFailures(settings.errors(), gate, ports.outputs(), duty.group(), counters, listener);
        this.pump = new RecordPump(table, ports.log(), counters, failures, keyInspector(listener), duty.times(), nanos);
        this.restores = new TaskRestores(duty, ports, table, gate, listener, nanos);
        this.inputs = new InputWatch(ports.source(), table, duty.definition().topics(), nanos.getAsLong());
        this.incomplete =
                new IncompleteTasks(ports.source(), table, duty.definition().topics(), listener, nanos.getAsLong());
        this.ownership = new Ownership(duty, ports.source(), table, restores, pump, checkpoints, this, listener, nanos);
    }

    private @Nullable KeyInspector keyInspector(RuntimeListener listener) {
        PartitionerSample sample = new PartitionerSample(
                duty.definition().id(), duty.definition().topics(), ports.placements(), duty.partitions(), listener);
        if (!settings.checkPlacement()) {
            return sample.isDone() ? null : sample;
        }
        KeyPlacement standard = ports.placements().values().iterator().next();
        return sample.and(new PlacementCheck(standard, duty.partitions(), listener));
    }

    /** As of the last duty cycle; safe from any thread. */
    WorkerStatus status() {
        return status;
    }

    /** Whether it cannot even join its group yet; safe from any thread. */
    boolean isJoining() {
        return !joined;
    }

    /** The handler that runs now has taken longer than the group waits; for whoever watches the worker. */
    void blame() {
        pump.blame();
    }

    /** Has the group assign anew at the next opportunity; safe from any thread. */
    void requestAssignment() {
        assignmentRequested = true;
    }

    /** Whatever call it is in is the last: nothing of what it still does may count. Safe from any thread. */
    void giveUp() {
        pump.giveUp();
    }

    /** Which record is in its handler, to go on in a sentence; nothing when none is. */
    String inCall() {
        return pump.inCall();
    }

    /** Asks for a checkpoint at the next opportunity; safe from any thread. */
    void requestCheckpoint() {
        checkpointRequested = true;
    }

    /**
     * One duty cycle.
     *
     * @param now monotonic nanoseconds
     * @return records processed and restore steps taken; 0 when there was nothing to do
     * @throws ProcessorHalted when the processor must not go on here
     */
    int doWork(long now) throws ProcessorHalted {
        if (!checkpoints.isRunning()) {
            checkpoints.retry(now);
        }
        if (!joined && !(checkpoints.isRunning() && ports.source().claimPlace())) {
            publish();
            return 0; // nothing is read before what the predecessor left is resolved
        }
        joined = true;
        leaveMisled(nanos.getAsLong());
        incomplete.look(nanos.getAsLong());
        if (assignmentRequested) {
            assignmentRequested = false;
            ports.source().askForAssignment("partitions of the group are nobody's");
        }
        poll(now);
        int work = 0;
        if (checkpoints.isRunning()) {
            work += process(now);
        }
        if (checkpoints.isRunning() && pump.wantsCheckpoint()) {
            checkpointNow(Long.MAX_VALUE);
            pump.startAfresh(); // what is left to commit, if anything, is nothing of a record
        }
        if (checkpoints.isRunning() && restores.anyRunning()) {
            checkpointIfDue(nanos.getAsLong()); // a step of a restore may take longer than an attempt should get old
        }
        if (checkpoints.isRunning()) {
            work += restores.advance(nanos.getAsLong());
        }
        resumeFailed(nanos.getAsLong());
        if (checkpoints.isRunning()) {
            checkpointIfDue(nanos.getAsLong());
        }
        foldIfDue(nanos.getAsLong());
        publish();
        if (rivalry.isProven()) {
            throw new ProcessorHalted(duty.definition().id(), rivalry.message());
        }
        if (checkpoints.isHopeless(nanos.getAsLong())) {
            throw new SourceFailed(
                    "Processor " + duty.definition().id() + ": attempts keep failing to commit, the last because: "
                            + checkpoints.lastReason(),
                    null);
        }
        return work;
    }

    /** Commits what there is, writes it down, and lets go. */
    void stop(boolean leave, Duration timeout) {
        if (joined && checkpoints.isRunning()) {
            table.live().forEach(LiveTask::settle);
            checkpointNow(Long.MAX_VALUE);
        }
        ownership.release(true);
        ports.changelog().close();
        ports.source().close(leave, timeout);
        ports.log().close(timeout);
        status = WorkerStatus.starting();
    }

    /** Lets go without committing: for a worker that failed. */
    void abandon() {
        Quietly.run(() -> ownership.release(false));
        Quietly.run(() -> ports.changelog().close());
        Quietly.run(() -> ports.source().close(false, Duration.ZERO));
        Quietly.run(() -> ports.log().close(Duration.ZERO));
        status = WorkerStatus.starting();
    }

    // ---- what the checkpoint driver asks for

    @Override
    public void seekAll() {
        pump.clear();
        failures.voided();
        for (LiveTask task : table.live()) {
            gate.seek(task);
        }
        startAfresh();
    }

    @Override
    public void recoverAll() {
        pump.clear();
        failures.voided();
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null) {
                gate.pause(slot);
                restores.begin(slot, task.store(), nanos.getAsLong());
            }
        }
        startAfresh();
    }

    // ---- what ownership asks for, from inside the poll

    @Override
    public void commitBefore(long deadline) {
        checkpointNow(deadline);
    }

    @Override
    public void abandon(String reason) {
        if (ports.log().isOpen() && checkpoints.isRunning()) {
            checkpoints.abandon(reason);
            startAfresh();
        }
    }

    // ---- parts of the duty cycle

    /** Tasks whose topic was replaced look for their committed checkpoint again, and will not find it there. */
    private void leaveMisled(long now) {
        for (TaskSlot slot : inputs.misled(now)) {
            LiveTask task = slot.live();
            if (task != null) {
                leave(
                        slot,
                        task,
                        "an input topic of task " + slot.id() + " was created again or has other partitions now");
                restores.begin(slot, null, now);
            }
        }
    }

    private void poll(long now) {
        boolean room = pump.isEmpty() && checkpoints.isRunning();
        gate.pauseInput(!room);
        Duration timeout = pollTimeout(room, now);
        try {
            PolledRecords polled = ports.source().poll(timeout, ownership);
            caughtUp = room && polled.count() == 0 && !gate.isBehind();
            if (room && (polled.count() > 0 || !polled.nextPositions().isEmpty())) {
                pump.take(polled); // without a record it says how far markers and aborted records go
            } else if (polled.count() > 0) {
                gate.seekBack(polled);
            }
        } catch (PositionLost e) {
            if (isLeftOut(e)) {
                return;
            }
            inputLost(
                    e.partition(),
                    RecoveryPlan.Reason.POSITION_LOST,
                    e,
                    "Records were deleted before they were processed, and nothing brings them back. Start the processor under"
                            + " another id, with empty state, to go on with the records that are left.");
        } catch (InputUnreadable e) {
            inputLost(
                    e.partition(),
                    RecoveryPlan.Reason.INPUT_UNREADABLE,
                    e,
                    "Repair the partition, from a replica for instance; it is tried again every few minutes. What cannot be"
                            + " repaired can only be passed over, by a processor under another id, with empty state.");
        }
    }

    private Duration pollTimeout(boolean room, long now) {
        if (!checkpoints.isRunning() || checkpoints.isPausing(now)) {
            return TaskRestores.POLL;
        }
        if (!pump.isEmpty() || ports.changelog().isReading()) {
            return Duration.ZERO;
        }
        if (!room || restores.anyRunning()) {
            return TaskRestores.POLL;
        }
        return trigger.hasWork() ? trigger.patience(now, CAUGHT_UP_POLL, caughtUp) : IDLE_POLL;
    }

    private int process(long now) {
        if (pump.isEmpty() || checkpoints.isPausing(nanos.getAsLong())) {
            return 0;
        }
        try {
            long end = nanos.getAsLong() + settings.slice().toNanos();
            pump.process(end, settings.checkpoint().maxRecords());
            long count = pump.takeProcessed();
            if (count > 0) {
                records += count;
                trigger.worked(now);
            }
            return (int) Math.min(Integer.MAX_VALUE, count);
        } catch (OutputRefused e) {
            careAfter(pump.takeProcessed());
            checkpoints.abandon(String.valueOf(e.getMessage()));
        } catch (CommitAborted e) {
            if (checkpoints.voids() > 0) {
                careAfter(pump.takeProcessed());
            }
            checkpoints.abandon(String.valueOf(e.getMessage()));
        } catch (OutcomeUnknown e) {
            if (checkpoints.voids() > 0 && !e.isFenced()) {
                careAfter(pump.takeProcessed()); // once may be anything; twice may be a record nobody says so of
            }
            checkpoints.abandonOrDoubt(e);
        } catch (StateCorrupted e) {
            storeCorrupted(pump.inHand(), e);
        } catch (StorageFailed e) {
            checkpoints.abandon(String.valueOf(e.getMessage()));
        }
        return 0;
    }

    /**
     * The records of the attempt that failed come again, and whichever of them is to blame is among them. Also after the second attempt in a
     * row that came to nothing: a producer that splits a batch for one record too large can fail to say so until its time is over.
     */
    private void careAfter(long processed) {
        failures.startCaring(4 * (records + processed) + 100);
    }

    private void checkpointIfDue(long now) {
        if (checkpointRequested) {
            checkpointRequested = false;
            trigger.request();
        }
        settleIfDue(now);
        long dirty = 0;
        boolean any = false;
        boolean newborn = false;
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null) {
                dirty += task.state().estimatedDirtyBytes();
                any |= task.hasSomethingToSay();
                newborn |= !task.isBorn();
            }
        }
        if (!any && trigger.hasWork()) {
            startAfresh(); // what there was to commit went with tasks that were lost
        }
        if (any && !checkpoints.isPausing(now) && (newborn || trigger.due(now, records, dirty, caughtUp))) {
            checkpointNow(Long.MAX_VALUE);
        }
    }

    private void settleIfDue(long now) {
        boolean hurry = false;
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            hurry |= task != null && task.isBaseLost();
        }
        Duration interval =
                hurry ? settings.checkpoint().interval() : settings.checkpoint().settleInterval();
        if (now - lastSettled < interval.toNanos()) {
            return;
        }
        lastSettled = now;
        boolean any = false;
        for (LiveTask task : table.live()) {
            any |= task.settle();
        }
        if (any) {
            trigger.request();
        }
    }

    /** A checkpoint of all tasks with something to say; newborn tasks start to process once theirs is decided. */
    private void checkpointNow(long deadline) {
        if (table.slots().stream().noneMatch(TaskSlot::hasSomethingToSay)) {
            return;
        }
        List<TaskSlot> newborn = new ArrayList<>();
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null && !task.isBorn()) {
                newborn.add(slot);
            }
        }
        long attempted = records;
        checkpoints.checkpointBefore(deadline);
        failures.committed(); // nothing, if the attempt came to nothing
        table.slots().forEach(TaskSlot::settleVerdicts);
        if (checkpoints.takeOutputRefused() || checkpoints.voids() > 1) {
            careAfter(attempted);
        }
        isolateUnwritable();
        Damaged damaged = checkpoints.takeDamaged();
        if (damaged != null && damaged.slot().live() != null) {
            storeCorrupted(damaged.slot(), damaged.cause());
        }
        startAfresh();
        for (TaskSlot slot : newborn) {
            if (slot.isProcessing()) {
                gate.resume(slot);
            }
        }
    }

    /** Nobody knows which record set the value that cannot be written, so it is the task that stops. */
    private void isolateUnwritable() {
        Unwritable unwritable = checkpoints.unwritable();
        if (unwritable != null
                // the records come again at least once, each looked at by itself: then the failure is one record's
                && unwritable.inARow() >= Math.max(2, settings.errors().attempts())
                && unwritable.slot().live() != null) {
            failures.isolate(
                    unwritable.slot(), null, new Condemned(unwritable.message(), null, unwritable.inARow(), null));
            checkpoints.forgetUnwritable();
        }
    }

    private void foldIfDue(long now) {
        LiveTask largest = table.largestPending(settings.store().foldBytes());
        long lag = settings.store().lagBytes() / Math.max(1, table.slots().size());
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null
                    && (task == largest || task.foldIsDue(settings.store().foldInterval(), lag, now))) {
                try {
                    if (!checkpoints.fold(task, now)) {
                        reopen(slot, task);
                    }
                } catch (StateCorrupted e) {
                    storeCorrupted(slot, e);
                }
            }
        }
    }

    private void resumeFailed(long now) {
        if (!pump.isEmpty()) {
            return;
        }
        boolean alone = table.slots().stream().noneMatch(TaskSlot::isProcessing); // nobody to leave time for
        TaskSlot costly = null;
        for (TaskSlot slot : table.slots()) {
            TaskVerdicts verdicts = slot.verdicts();
            if (!verdicts.isPauseOver(now)) {
                continue;
            }
            if (alone
                    || verdicts.isUrgent()
                    || failures.pace().isCheap(slot.id().partition())) {
                resume(slot);
            } else if (costly == null
                    || verdicts.resumesAt() - costly.verdicts().resumesAt() < 0) {
                costly = slot;
            }
        }
        if (costly != null && failures.pace().admits(costly.id().partition(), now)) {
            resume(costly); // the one that has waited longest
        }
    }

    private void resume(TaskSlot slot) {
        slot.verdicts().resumed();
        if (slot.isProcessing()) {
            gate.resume(slot);
        }
    }

    /** The record a task stopped before was deleted before somebody said that it is to be left out: that can be done without it. */
    private boolean isLeftOut(PositionLost e) {
        TaskSlot slot = table.slot(e.partition());
        LiveTask task = slot == null ? null : slot.live();
        if (slot == null || task == null) {
            return false;
        }
        Position at = task.position(e.topic());
        long offset = at.offset();
        Condemned skipped = slot.verdicts().skippedByHand(e.topic(), offset);
        if (skipped == null || e.start() <= offset) {
            return false; // a log that was truncated has other records there, or will have
        }
        failures.leaveOut(slot, skipped);
        task.moved(e.topic(), offset + 1, at.leaderEpoch(), 1);
        gate.seek(task);
        records++;
        trigger.worked(nanos.getAsLong());
        return true;
    }

    /** The next records of a task's input are gone or damaged: it stops there, and the others go on. */
    private void inputLost(int partition, RecoveryPlan.Reason reason, TidemarkException e, String advice) {
        TaskSlot slot = table.slot(partition);
        if (slot == null) {
            return;
        }
        gate.pause(slot);
        if (checkpoints.isRunning()) {
            checkpointNow(Long.MAX_VALUE);
        }
        LiveTask task = slot.live();
        if (task == null) {
            return;
        }
        gate.pause(slot); // the checkpoint may have let it go on
        slot.owned().forEach(pump::passOver);
        gate.seek(task);
        Stopped stopped = new Stopped(reason, "Task " + slot.id() + " is refused: " + e.getMessage() + ".", advice);
        long now = nanos.getAsLong();
        boolean news = slot.verdicts().refuse(stopped, task.committedPositions(), now);
        Quietly.run(() -> checkpoints.fold(task, now));
        Ownership.closeStore(task.store());
        restores.begin(slot, null, now);
        restores.refuse(slot, stopped, news, now);
    }

    /**
     * A store that could not be written may never be written again by the same handle, whatever happens to the disk: it is closed, and
     * opened anew as soon as that works. What it misses comes from the changelog.
     */
    private void reopen(TaskSlot slot, LiveTask task) {
        leave(slot, task, "the local store of task " + slot.id() + " cannot be written");
        restores.begin(slot, null, nanos.getAsLong());
    }

    /** A store holds bytes that are not what was written: the attempt is void, and the task whose store it is restores. */
    private void storeCorrupted(@Nullable TaskSlot slot, StateCorrupted e) {
        LiveTask task = slot == null ? null : slot.live();
        if (slot == null || task == null) {
            abandon(String.valueOf(e.getMessage()));
            return;
        }
        leave(slot, task, String.valueOf(e.getMessage()));
        restores.beginAfterDamage(slot, String.valueOf(e.getMessage()), nanos.getAsLong());
    }

    /** Takes a task out of the open transaction and closes its store. */
    private void leave(TaskSlot slot, LiveTask task, String why) {
        if (checkpoints.isRunning() && (ports.log().isOpen() || task.hasSomethingToSay())) {
            checkpoints.abandon(why);
        }
        gate.pause(slot);
        slot.owned().forEach(pump::passOver);
        LiveTask left = slot.live(); // an abandoned attempt may have ended in doubt, and the task is restored already
        TaskRestore restore = slot.restore();
        if (left == null && restore != null) {
            Quietly.run(restore::close);
        }
        Ownership.closeStore(task.store());
    }

    private void startAfresh() {
        records = 0;
        pump.startAfresh();
        trigger.reset(nanos.getAsLong());
    }

    private void publish() {
        long now = nanos.getAsLong();
        if (now - lastPublished < PUBLISH_NANOS && publishedVersion == table.version()) {
            return;
        }
        lastPublished = now;
        publishedVersion = table.version();
        List<TaskStatus> tasks = new ArrayList<>();
        for (TaskSlot slot : table.slots()) {
            tasks.add(slot.status(gate.lag(slot)));
        }
        boolean member = joined && ports.source().isPlaced();
        String trouble = checkpoints.trouble(now);
        status = new WorkerStatus(
                checkpoints.phase(), member, List.copyOf(tasks), trouble == null ? inputs.trouble() : trouble);
    }
}
