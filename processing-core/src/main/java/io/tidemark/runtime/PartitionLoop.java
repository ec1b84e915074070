package io.tidemark.runtime;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.checkpoint.RecoveryPlan;
import io.tidemark.error.CommitAborted;
import io.tidemark.error.OutcomeUnknown;
import io.tidemark.error.PositionLost;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.error.SourceFailed;
import io.tidemark.error.StateCorrupted;
import io.tidemark.error.StorageFailed;
import io.tidemark.runtime.RestoreOutcome.Delayed;
import io.tidemark.runtime.RestoreOutcome.Ready;
import io.tidemark.runtime.RestoreOutcome.Stopped;
import io.tidemark.runtime.RestoreOutcome.TooOld;
import io.tidemark.runtime.RestoreOutcome.Waiting;
import io.tidemark.runtime.RuntimeEvent.RecordFailed;
import io.tidemark.runtime.RuntimeEvent.StoreQuarantined;
import io.tidemark.runtime.RuntimeEvent.StoreWriteFailed;
import io.tidemark.runtime.RuntimeEvent.TaskAssigned;
import io.tidemark.runtime.RuntimeEvent.TaskRefused;
import io.tidemark.runtime.RuntimeEvent.TaskReleased;
import io.tidemark.runtime.RuntimeEvent.TaskRestored;
import io.tidemark.state.StateStore;
import io.tidemark.stream.AssignmentListener;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.PolledRecords;
import io.tidemark.stream.Position;
import io.tidemark.stream.TaskId;
import io.tidemark.task.StateSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One worker's duty cycle: poll, process a slice, restore a slice, checkpoint when due. Stepped by {@link #doWork}; owns its membership,
 * its producer and its tasks; confined to one thread. Times are monotonic nanoseconds.
 *
 * <p>An exception out of {@link #doWork} leaves nothing to save: whoever steps the loop calls {@link #abandon} and makes a new one.
 */
final class PartitionLoop implements AssignmentListener, CheckpointDriver.Tasks, TaskRestore.RestoreEvents {

    private static final Duration IDLE_POLL = Duration.ofMillis(50);
    private static final Duration CAUGHT_UP_POLL = Duration.ofMillis(2);
    private static final Duration RESTORE_POLL = Duration.ofMillis(5);
    private static final Duration STORAGE_RETRY = Duration.ofMillis(500);
    private static final Position PLACEHOLDER = Position.at(0);

    private final ProcessorDefinition definition;
    private final WorkerPorts ports;
    private final WorkerSettings settings;
    private final StateSchema schema;
    private final RuntimeListener listener;
    private final LongSupplier nanos;
    private final TaskTable table = new TaskTable();
    private final WorkerCounters counters;
    private final CheckpointDriver checkpoints;
    private final CheckpointTrigger trigger;
    private final RecordPump pump;
    private @Nullable ProcessorHalted halted;
    private volatile boolean joined;
    private boolean inputPaused;
    private boolean caughtUp;
    private long records;
    private volatile WorkerStatus status = WorkerStatus.starting();
    private volatile boolean checkpointRequested;

    PartitionLoop(
            ProcessorDefinition definition,
            WorkerPorts ports,
            WorkerSettings settings,
            WorkerCounters counters,
            RuntimeListener listener,
            LongSupplier nanos) {
        this.definition = definition;
        this.ports = ports;
        this.settings = settings;
        this.schema = new StateSchema(definition);
        this.listener = listener;
        this.nanos = nanos;
        this.counters = counters;
        this.checkpoints = new CheckpointDriver(definition.id(), ports, settings, table, this, listener, nanos);
        this.trigger = new CheckpointTrigger(settings, nanos.getAsLong());
        this.pump = new RecordPump(table, ports.log(), counters, nanos);
    }

    /** As of the last duty cycle; safe from any thread. */
    WorkerStatus status() {
        return status;
    }

    /** Whether it cannot even join its group yet; safe from any thread. */
    boolean isJoining() {
        return !joined;
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
     * @throws ProcessorHalted when a record keeps failing; everything before it is committed
     */
    int doWork(long now) throws ProcessorHalted {
        if (!checkpoints.isRunning()) {
            checkpoints.retry(now);
        }
        if (!joined && !checkpoints.isRunning()) {
            publish();
            return 0; // nothing is read before what the predecessor left is resolved
        }
        joined = true;
        poll(now);
        int work = 0;
        if (checkpoints.isRunning()) {
            work += process(now);
        }
        if (checkpoints.isRunning()) {
            work += restore(nanos.getAsLong());
        }
        resumeFailed(nanos.getAsLong());
        if (checkpoints.isRunning()) {
            checkpointIfDue(nanos.getAsLong());
        }
        foldIfDue(nanos.getAsLong());
        publish();
        if (checkpoints.isHopeless(nanos.getAsLong())) {
            throw new SourceFailed(
                    "Processor " + definition.id() + ": attempts keep failing to commit, the last because: "
                            + checkpoints.lastReason(),
                    null);
        }
        ProcessorFailed unwritable = checkpoints.unwritable();
        if (unwritable != null && checkpoints.unwritableInARow() >= settings.attempts()) {
            throw new ProcessorHalted(
                    definition.id(), settings.attempts(), String.valueOf(unwritable.getMessage()), unwritable);
        }
        ProcessorHalted stop = halted;
        if (stop != null && checkpoints.isRunning() && !anythingToSay()) {
            throw stop;
        }
        return work;
    }

    /** Commits what there is, writes it down, and lets go. */
    void stop(boolean leave, Duration timeout) {
        if (joined && checkpoints.isRunning()) {
            checkpointNow();
        }
        release(true);
        ports.changelog().close();
        ports.source().close(leave, timeout);
        ports.log().close(timeout);
    }

    /** Lets go without committing: for a worker that failed. */
    void abandon() {
        quietly(() -> release(false));
        quietly(() -> ports.changelog().close());
        quietly(() -> ports.source().close(false, Duration.ZERO));
        quietly(() -> ports.log().close(Duration.ZERO));
    }

    // ---- ownership, from inside poll

    @Override
    public void assigned(Collection<InputPartition> partitions) {
        long now = nanos.getAsLong();
        for (InputPartition partition : partitions) {
            ports.source().seek(partition, PLACEHOLDER);
        }
        ports.source().pause(partitions);
        for (InputPartition partition : partitions) {
            TaskId id = new TaskId(definition.id(), partition.partition());
            TaskSlot slot = table.slotFor(id);
            slot.owned().add(partition);
            if (slot.owned().size() == definition.topics().size() && slot.live() == null && slot.restore() == null) {
                slot.restoreWith(restoreOf(id, null), now);
                listener.on(new TaskAssigned(id));
            }
        }
    }

    @Override
    public void revoked(Collection<InputPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        if (checkpoints.isRunning() && concerned(partitions).stream().anyMatch(this::hasSomethingToSay)) {
            checkpointNow();
        }
        letGo(partitions, false);
    }

    @Override
    public void lost(Collection<InputPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        boolean carriesTheirs =
                ports.log().isOpen() && concerned(partitions).stream().anyMatch(this::hasSomethingToSay);
        letGo(partitions, true);
        if (carriesTheirs && checkpoints.isRunning()) {
            // The open transaction carries work of tasks that are somebody else's now: all of it goes.
            checkpoints.abandon("partitions were lost: " + partitions);
            startAfresh();
        }
    }

    // ---- what the checkpoint driver asks for

    @Override
    public void seekAll() {
        pump.clear();
        for (LiveTask task : table.live()) {
            seek(task);
        }
        startAfresh();
    }

    @Override
    public void recoverAll() {
        pump.clear();
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null) {
                ports.source().pause(slot.owned());
                slot.restoreWith(restoreOf(slot.id(), task.store()), nanos.getAsLong());
            }
        }
        startAfresh();
    }

    @Override
    public void quarantined(TaskId task, String reason) {
        listener.on(new StoreQuarantined(task, reason));
    }

    @Override
    public void fenced(TaskId task, String owner) {
        listener.on(new RuntimeEvent.OwnerFenced(task, owner));
    }

    // ---- parts of the duty cycle

    private void poll(long now) {
        boolean room = pump.isEmpty() && checkpoints.isRunning() && halted == null;
        pauseInput(!room);
        Duration timeout = pollTimeout(room, now);
        try {
            PolledRecords polled = ports.source().poll(timeout, this);
            caughtUp = room && polled.count() == 0 && !isBehind();
            if (polled.count() > 0 && room) {
                pump.take(polled);
            } else if (polled.count() > 0) {
                seekBack(polled);
            }
        } catch (PositionLost e) {
            positionLost(e);
        }
    }

    /** Whether the source knows of records that have not arrived yet: an empty poll under load is no end of the input. */
    private boolean isBehind() {
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null && task.isBorn() && slot.resumeAt() < 0) {
                for (InputPartition partition : slot.owned()) {
                    if (ports.source().lag(partition) > 0) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private Duration pollTimeout(boolean room, long now) {
        if (!checkpoints.isRunning() || checkpoints.isPausing(now)) {
            return RESTORE_POLL;
        }
        if (!pump.isEmpty() || ports.changelog().isReading()) {
            return Duration.ZERO;
        }
        if (!room || anyRestoring()) {
            return RESTORE_POLL;
        }
        return trigger.hasWork() ? trigger.patience(now, CAUGHT_UP_POLL, caughtUp) : IDLE_POLL;
    }

    /** Records that came although nothing was asked for are read again later. */
    private void seekBack(PolledRecords polled) {
        for (InputPartition partition : polled.nextPositions().keySet()) {
            LiveTask task = table.live(partition.partition());
            if (task != null) {
                ports.source().seek(partition, task.position(partition.topic()));
            }
        }
    }

    private int process(long now) {
        if (halted != null) {
            pump.clear();
        }
        if (pump.isEmpty() || checkpoints.isPausing(nanos.getAsLong())) {
            return 0;
        }
        try {
            long end = nanos.getAsLong() + settings.slice().toNanos();
            pump.process(end, settings.maxRecords(), this::recordFailed);
            long count = pump.takeProcessed();
            if (count > 0) {
                records += count;
                trigger.worked(now);
            }
            return (int) Math.min(Integer.MAX_VALUE, count);
        } catch (CommitAborted e) {
            checkpoints.abandon(String.valueOf(e.getMessage()));
        } catch (OutcomeUnknown e) {
            checkpoints.doubt(String.valueOf(e.getMessage()));
        } catch (StateCorrupted e) {
            storeCorrupted(pump.inHand(), e);
        } catch (StorageFailed e) {
            checkpoints.abandon(String.valueOf(e.getMessage()));
        }
        return 0;
    }

    private int restore(long now) {
        if (ports.changelog().isReading()) {
            ports.changelog().poll(RESTORE_POLL, (partition, offset, value) -> {
                TaskSlot slot = table.slot(partition);
                TaskRestore running = slot == null ? null : slot.restore();
                if (running != null) {
                    running.accept(offset, value);
                }
            });
        }
        int steps = 0;
        for (TaskSlot slot : table.slots()) {
            TaskRestore running = slot.restore();
            if (running != null && now >= slot.reexamineAt()) {
                steps += restore(slot, running, now);
            }
        }
        return steps;
    }

    private int restore(TaskSlot slot, TaskRestore running, long now) {
        RestoreOutcome outcome = step(running, now);
        if (outcome instanceof Ready ready) {
            goLive(slot, running, ready, now);
            return 1;
        }
        if (outcome instanceof Delayed delayed) {
            if (!outcome.equals(slot.lastOutcome())) {
                listener.on(new StoreWriteFailed(slot.id(), delayed.message()));
            }
            slot.outcome(outcome, now + STORAGE_RETRY.toNanos());
            return 0;
        }
        if (outcome instanceof Waiting) {
            if (!(slot.lastOutcome() instanceof Stopped) && !(slot.lastOutcome() instanceof TooOld)) {
                slot.outcome(outcome, now);
            }
            return 0;
        }
        if (!outcome.equals(slot.lastOutcome())) {
            listener.on(
                    outcome instanceof Stopped stopped
                            ? new TaskRefused(
                                    slot.id(), stopped.reason().name(), stopped.message() + " " + stopped.advice())
                            : new TaskRefused(slot.id(), "AWAITING_UPGRADE", ((TooOld) outcome).message()));
        }
        slot.outcome(outcome, now + settings.reexamine().toNanos());
        return 0;
    }

    /** A directory that cannot be used now, or a store another worker still holds, is no reason to give up the other tasks. */
    private static RestoreOutcome step(TaskRestore running, long now) {
        try {
            return running.step(now);
        } catch (StorageFailed e) {
            return new Delayed(String.valueOf(e.getMessage()));
        } catch (StateCorrupted e) {
            running.storeDamaged(String.valueOf(e.getMessage()));
            return new Delayed(String.valueOf(e.getMessage()));
        }
    }

    private void goLive(TaskSlot slot, TaskRestore restore, Ready ready, long now) {
        LiveTask task = new LiveTask(
                definition,
                slot.id(),
                restore.store(),
                settings.cleanCells(),
                ports.log().maxRecordBytes(),
                restore.topics(),
                schema.fingerprint(),
                ready.positions(),
                ready.committed(),
                now);
        ready.schemaChanges().forEach(task.state()::addChange);
        slot.goLive(task);
        seek(task);
        if (task.isBorn()) {
            resume(slot);
        }
        listener.on(new TaskRestored(
                slot.id(), ready.source(), Duration.ofNanos(now - slot.restoringSince()), ready.bytes()));
    }

    private void checkpointIfDue(long now) {
        if (checkpointRequested) {
            checkpointRequested = false;
            trigger.request();
        }
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
        boolean soon = caughtUp || halted != null;
        if (!any && trigger.hasWork()) {
            startAfresh(); // what there was to commit went with tasks that were lost
        }
        if (any
                && !checkpoints.isPausing(now)
                && (newborn || halted != null || trigger.due(now, records, dirty, soon))) {
            checkpointNow();
        }
    }

    /** A checkpoint of all tasks with something to say; newborn tasks start to process once theirs is decided. */
    private void checkpointNow() {
        if (!anythingToSay()) {
            return;
        }
        List<TaskSlot> newborn = new ArrayList<>();
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null && !task.isBorn()) {
                newborn.add(slot);
            }
        }
        checkpoints.checkpoint();
        startAfresh();
        for (TaskSlot slot : newborn) {
            LiveTask task = slot.live();
            if (task != null && task.isBorn()) {
                resume(slot);
            }
        }
    }

    private boolean anythingToSay() {
        for (TaskSlot slot : table.slots()) {
            if (hasSomethingToSay(slot)) {
                return true;
            }
        }
        return false;
    }

    private void foldIfDue(long now) {
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null && task.foldIsDue(settings, now)) {
                try {
                    checkpoints.fold(task, now);
                } catch (StateCorrupted e) {
                    storeCorrupted(slot, e);
                }
            }
        }
    }

    private void recordFailed(TaskSlot slot, InputRecord record, ProcessorFailed failure) {
        counters.failed();
        long now = nanos.getAsLong();
        long backoff = settings.retryBackoff().toNanos() << Math.min(slot.failures(), 10);
        int attempt = slot.recordFailed(record.topic(), record.offset(), now + backoff);
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        listener.on(new RecordFailed(slot.id(), String.valueOf(failure.getMessage()), attempt, cause));
        LiveTask task = slot.live();
        if (task != null) {
            slot.owned().forEach(pump::passOver);
            ports.source().pause(slot.owned());
            seek(task);
        }
        if (attempt >= settings.attempts()) {
            halted = new ProcessorHalted(slot.id().toString(), attempt, String.valueOf(failure.getMessage()), cause);
        }
    }

    private void resumeFailed(long now) {
        for (TaskSlot slot : table.slots()) {
            if (slot.resumeAt() >= 0 && now >= slot.resumeAt() && pump.isEmpty() && halted == null) {
                slot.resumed();
                if (slot.live() != null) {
                    resume(slot);
                }
            }
        }
    }

    private void positionLost(PositionLost e) {
        TaskSlot slot = table.slot(e.partition());
        if (slot == null) {
            return;
        }
        if (checkpoints.isRunning()) {
            checkpointNow();
        }
        LiveTask task = slot.live();
        if (task == null) {
            return;
        }
        ports.source().pause(slot.owned());
        slot.owned().forEach(pump::passOver);
        seek(task);
        closeAfterFold(task);
        slot.restoreWith(restoreOf(slot.id(), null), nanos.getAsLong());
        Stopped stopped = new Stopped(
                RecoveryPlan.Reason.POSITION_LOST,
                "Task " + slot.id() + " is refused: " + e.getMessage() + ".",
                "Records were deleted before they were processed. Restore a savepoint or reset the processor on purpose.");
        slot.outcome(stopped, nanos.getAsLong() + settings.reexamine().toNanos());
        listener.on(new TaskRefused(slot.id(), stopped.reason().name(), stopped.message() + " " + stopped.advice()));
    }

    /** A store holds bytes that are not what was written: the attempt is void, and the task whose store it is restores. */
    private void storeCorrupted(@Nullable TaskSlot slot, StateCorrupted e) {
        if (checkpoints.isRunning()) {
            checkpoints.abandon(String.valueOf(e.getMessage()));
        }
        LiveTask task = slot == null ? null : slot.live();
        if (slot == null || task == null) {
            return;
        }
        ports.source().pause(slot.owned());
        slot.owned().forEach(pump::passOver);
        closeQuietly(task.store());
        TaskRestore restore = restoreOf(slot.id(), null);
        restore.storeDamaged(String.valueOf(e.getMessage()));
        slot.restoreWith(restore, nanos.getAsLong());
    }

    // ---- small things

    private TaskRestore restoreOf(TaskId id, @Nullable StateStore open) {
        return new TaskRestore(definition, id, ports, settings, schema, open, this);
    }

    private List<TaskSlot> concerned(Collection<InputPartition> partitions) {
        List<TaskSlot> slots = new ArrayList<>();
        for (InputPartition partition : partitions) {
            TaskSlot slot = table.slot(partition.partition());
            if (slot != null && !slots.contains(slot)) {
                slots.add(slot);
            }
        }
        return slots;
    }

    private boolean hasSomethingToSay(TaskSlot slot) {
        LiveTask task = slot.live();
        return task != null && task.hasSomethingToSay();
    }

    private void letGo(Collection<InputPartition> partitions, boolean lost) {
        partitions.forEach(pump::passOver);
        for (TaskSlot slot : concerned(partitions)) {
            boolean was = slot.live() != null || slot.restore() != null;
            closeTask(slot, !lost);
            slot.owned().removeAll(partitions);
            List<InputPartition> rest = List.copyOf(slot.owned());
            table.remove(slot);
            if (!rest.isEmpty()) {
                // some inputs of the task stay: it waits for its whole set again
                rest.forEach(pump::passOver);
                ports.source().pause(rest);
                table.slotFor(slot.id()).owned().addAll(rest);
            }
            if (was) {
                listener.on(new TaskReleased(slot.id(), lost));
            }
        }
    }

    private void release(boolean fold) {
        for (TaskSlot slot : List.copyOf(table.slots())) {
            closeTask(slot, fold);
            table.remove(slot);
        }
        publish();
    }

    private void closeTask(TaskSlot slot, boolean fold) {
        LiveTask task = slot.live();
        if (task != null) {
            if (fold) {
                closeAfterFold(task);
            } else {
                closeQuietly(task.store());
            }
        }
        TaskRestore restore = slot.restore();
        if (restore != null) {
            quietly(restore::close);
        }
    }

    private void closeAfterFold(LiveTask task) {
        quietly(() -> checkpoints.fold(task, nanos.getAsLong()));
        closeQuietly(task.store());
    }

    private void closeQuietly(StateStore store) {
        quietly(store::close);
    }

    private void seek(LiveTask task) {
        for (String topic : definition.topics()) {
            ports.source().seek(new InputPartition(topic, task.id().partition()), task.position(topic));
        }
    }

    private void resume(TaskSlot slot) {
        if (!inputPaused) {
            ports.source().resume(slot.owned());
        }
    }

    /** While records wait to be processed, or nothing may be processed, the poll only keeps the membership. */
    private void pauseInput(boolean paused) {
        if (paused == inputPaused) {
            return;
        }
        List<InputPartition> runnable = table.runnable();
        if (paused) {
            ports.source().pause(runnable);
        } else {
            ports.source().resume(runnable);
        }
        inputPaused = paused;
    }

    private boolean anyRestoring() {
        for (TaskSlot slot : table.slots()) {
            if (slot.restore() != null
                    && !(slot.lastOutcome() instanceof Stopped)
                    && !(slot.lastOutcome() instanceof TooOld)) {
                return true;
            }
        }
        return false;
    }

    private void startAfresh() {
        records = 0;
        trigger.reset(nanos.getAsLong());
    }

    private void publish() {
        List<TaskStatus> tasks = new ArrayList<>();
        for (TaskSlot slot : table.slots()) {
            long lag = 0;
            for (InputPartition partition : slot.owned()) {
                long one = slot.live() == null ? -1 : ports.source().lag(partition);
                lag = one < 0 || lag < 0 ? -1 : lag + one;
            }
            tasks.add(slot.status(lag));
        }
        status = new WorkerStatus(checkpoints.phase(), List.copyOf(tasks), checkpoints.trouble(nanos.getAsLong()));
    }

    private static void quietly(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | OutOfMemoryError ignored) {
            // Whatever is being closed is given up anyway; what matters is that the rest is closed as well.
        }
    }
}
