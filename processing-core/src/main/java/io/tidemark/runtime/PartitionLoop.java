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
import io.tidemark.runtime.RestoreOutcome.Stopped;
import io.tidemark.runtime.RuntimeEvent.RecordFailed;
import io.tidemark.runtime.RuntimeEvent.TaskAssigned;
import io.tidemark.runtime.RuntimeEvent.TaskReleased;
import io.tidemark.state.StateStore;
import io.tidemark.stream.AssignmentListener;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.PolledRecords;
import io.tidemark.stream.Position;
import io.tidemark.stream.TaskId;
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
final class PartitionLoop implements AssignmentListener, CheckpointDriver.Tasks {

    private static final Duration IDLE_POLL = Duration.ofMillis(50);
    private static final Duration CAUGHT_UP_POLL = Duration.ofMillis(2);
    private static final Position PLACEHOLDER = Position.at(0);

    private final ProcessorDefinition definition;
    private final WorkerPorts ports;
    private final WorkerSettings settings;
    private final RuntimeListener listener;
    private final LongSupplier nanos;
    private final TaskTable table = new TaskTable();
    private final WorkerCounters counters;
    private final CheckpointDriver checkpoints;
    private final CheckpointTrigger trigger;
    private final RecordPump pump;
    private final InputGate gate;
    private final TaskRestores restores;
    private @Nullable ProcessorHalted halted;
    private volatile boolean joined;
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
        this.listener = listener;
        this.nanos = nanos;
        this.counters = counters;
        this.checkpoints = new CheckpointDriver(definition.id(), ports, settings, table, this, listener, nanos);
        this.trigger = new CheckpointTrigger(settings, nanos.getAsLong());
        this.pump = new RecordPump(table, ports.log(), counters, nanos);
        this.gate = new InputGate(ports.source(), table, definition.topics());
        this.restores = new TaskRestores(definition, ports, settings, table, gate, listener);
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
            work += restores.advance(nanos.getAsLong());
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
                restores.begin(slot, null, now);
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
            gate.seek(task);
        }
        startAfresh();
    }

    @Override
    public void recoverAll() {
        pump.clear();
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null) {
                gate.pause(slot);
                restores.begin(slot, task.store(), nanos.getAsLong());
            }
        }
        startAfresh();
    }

    // ---- parts of the duty cycle

    private void poll(long now) {
        boolean room = pump.isEmpty() && checkpoints.isRunning() && halted == null;
        gate.pauseInput(!room);
        Duration timeout = pollTimeout(room, now);
        try {
            PolledRecords polled = ports.source().poll(timeout, this);
            caughtUp = room && polled.count() == 0 && !gate.isBehind();
            if (polled.count() > 0 && room) {
                pump.take(polled);
            } else if (polled.count() > 0) {
                gate.seekBack(polled);
            }
        } catch (PositionLost e) {
            positionLost(e);
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
                gate.resume(slot);
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
            gate.pause(slot);
            gate.seek(task);
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
                    gate.resume(slot);
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
        gate.pause(slot);
        slot.owned().forEach(pump::passOver);
        gate.seek(task);
        closeAfterFold(task);
        restores.begin(slot, null, nanos.getAsLong());
        restores.refuse(
                slot,
                new Stopped(
                        RecoveryPlan.Reason.POSITION_LOST,
                        "Task " + slot.id() + " is refused: " + e.getMessage() + ".",
                        "Records were deleted before they were processed. Restore a savepoint or reset the processor on purpose."),
                nanos.getAsLong());
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
        gate.pause(slot);
        slot.owned().forEach(pump::passOver);
        closeQuietly(task.store());
        restores.beginAfterDamage(slot, String.valueOf(e.getMessage()), nanos.getAsLong());
    }

    // ---- small things

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
            slot.releaseLive();
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

    private void startAfresh() {
        records = 0;
        trigger.reset(nanos.getAsLong());
    }

    private void publish() {
        List<TaskStatus> tasks = new ArrayList<>();
        for (TaskSlot slot : table.slots()) {
            tasks.add(slot.status(gate.lag(slot)));
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
