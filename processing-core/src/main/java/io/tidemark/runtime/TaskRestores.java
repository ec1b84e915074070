package io.tidemark.runtime;

import io.tidemark.changelog.ChangelogReader;
import io.tidemark.error.StateCorrupted;
import io.tidemark.error.StorageFailed;
import io.tidemark.runtime.RestoreOutcome.Delayed;
import io.tidemark.runtime.RestoreOutcome.Held;
import io.tidemark.runtime.RestoreOutcome.Ready;
import io.tidemark.runtime.RestoreOutcome.Stopped;
import io.tidemark.runtime.RestoreOutcome.TooOld;
import io.tidemark.runtime.RestoreOutcome.Waiting;
import io.tidemark.runtime.RuntimeEvent.InputsChanged;
import io.tidemark.runtime.RuntimeEvent.OwnerFenced;
import io.tidemark.runtime.RuntimeEvent.RestoreHeld;
import io.tidemark.runtime.RuntimeEvent.StateChanged;
import io.tidemark.runtime.RuntimeEvent.StateLeftOut;
import io.tidemark.runtime.RuntimeEvent.StoreQuarantined;
import io.tidemark.runtime.RuntimeEvent.StoreWriteFailed;
import io.tidemark.runtime.RuntimeEvent.TaskRefused;
import io.tidemark.runtime.RuntimeEvent.TaskRestored;
import io.tidemark.state.KeyedState;
import io.tidemark.state.StateStore;
import io.tidemark.stream.TaskId;
import io.tidemark.task.StateSchema;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The tasks of one worker that are on their way to their committed checkpoint: begun, stepped between polls, made live or refused. */
final class TaskRestores implements TaskRestore.RestoreEvents, ChangelogReader.Sink {

    static final Duration POLL = Duration.ofMillis(5);

    private static final Duration BUDGET = Duration.ofMillis(40);

    private static final Duration STORAGE_RETRY = Duration.ofMillis(500);

    private final WorkerDuty duty;
    /** Until the first checkpoint shares the memory out. */
    private static final long FIRST_CACHE_BYTES = 1 << 20;

    private final WorkerPorts ports;
    private final WorkerSettings settings;
    private final StateSchema schema;
    private final TaskTable table;
    private final InputGate gate;
    private final RuntimeListener listener;
    private final LongSupplier nanos;
    private int next;

    TaskRestores(
            WorkerDuty duty,
            WorkerPorts ports,
            TaskTable table,
            InputGate gate,
            RuntimeListener listener,
            LongSupplier nanos) {
        this.nanos = nanos;
        this.duty = duty;
        this.ports = ports;
        this.settings = duty.settings();
        this.schema = new StateSchema(duty.definition(), duty.settings().onNewerState());
        this.table = table;
        this.gate = gate;
        this.listener = listener;
    }

    /** Sends a task back to look for its committed checkpoint, with its open store if it has one. */
    void begin(TaskSlot slot, @Nullable StateStore store, long now) {
        slot.restoreWith(restoreOf(slot.id(), store), now);
    }

    /** The same for a task whose (closed) store holds bytes that are not what was written: the store is set aside first. */
    void beginAfterDamage(TaskSlot slot, String reason, long now) {
        TaskRestore restore = restoreOf(slot.id(), null);
        restore.storeDamaged(reason);
        slot.restoreWith(restore, now);
    }

    /**
     * Leaves a task alone until it is looked at again.
     *
     * @param news whether that is to be told
     */
    void refuse(TaskSlot slot, Stopped stopped, boolean news, long now) {
        slot.outcome(stopped, now + settings.reexamine().toNanos());
        if (news) {
            tell(slot, stopped);
        }
    }

    private void tell(TaskSlot slot, Stopped stopped) {
        listener.on(new TaskRefused(slot.id(), stopped.reason().name(), stopped.message() + " " + stopped.advice()));
    }

    /** Whether any task is being restored, apart from those that wait for a person. */
    boolean anyRunning() {
        for (TaskSlot slot : table.slots()) {
            if (slot.restore() != null
                    && !(slot.lastOutcome() instanceof Stopped)
                    && !(slot.lastOutcome() instanceof TooOld)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Reads a slice of the changelog and steps tasks, each once at most, for about as long as a slice of records takes: there may be hundreds, and
     * those that run must not wait for all of them.
     */
    int advance(long now) {
        long began = nanos.getAsLong();
        if (ports.changelog().isReading()) {
            Duration timeout = POLL;
            while (ports.changelog().isReading()
                    && ports.changelog().poll(timeout, this) > 0
                    && nanos.getAsLong() - began < BUDGET.toNanos()) {
                timeout = Duration.ZERO;
            }
        }
        int steps = 0;
        long end = nanos.getAsLong() + BUDGET.toNanos();
        List<TaskSlot> slots = List.copyOf(table.slots());
        boolean more = true;
        for (int i = 0; i < slots.size() && more; i++) {
            TaskSlot slot = slots.get((next + i) % slots.size());
            TaskRestore running = slot.restore();
            if (running != null && now >= slot.reexamineAt()) {
                steps += restore(slot, running, now);
                more = nanos.getAsLong() < end;
                if (!more) {
                    next = (next + i + 1) % slots.size(); // it is the next one's turn
                }
            }
        }
        return steps;
    }

    private int restore(TaskSlot slot, TaskRestore running, long now) {
        RestoreOutcome outcome = step(running, now);
        if (outcome instanceof Ready ready) {
            Stopped stands = slot.verdicts().refusal(ready.positions(), now);
            if (stands != null) {
                slot.outcome(stands, now + settings.reexamine().toNanos());
                return 0;
            }
            goLive(slot, running, ready, now);
            return 1;
        }
        if (outcome instanceof Held held) {
            if (!outcome.equals(slot.lastOutcome())) {
                listener.on(new RestoreHeld(slot.id(), held.message()));
            }
            slot.outcome(outcome, now);
            return 0;
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
            if (outcome instanceof Stopped stopped) {
                tell(slot, stopped);
            } else if (outcome instanceof TooOld tooOld) {
                listener.on(new TaskRefused(slot.id(), "AWAITING_UPGRADE", tooOld.message()));
            }
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
                duty.definition(),
                slot.id(),
                restore.store(),
                new KeyedState(restore.store(), schema.bound(restore.store()), FIRST_CACHE_BYTES),
                ports.log().maxRecordBytes(),
                ports.outputs(),
                restore.topics(),
                schema.fingerprint(),
                ready.positions(),
                ready.committed(),
                !ready.inputs().isEmpty(),
                ready.base(),
                now);
        ready.schemas().changes().forEach(task.state()::addChange);
        ready.schemas().onFirstWrite().forEach(task.state()::describeOnFirstWrite);
        if (settings.verifyValues()) {
            task.state().verifyEveryWrite();
        }
        ready.schemas().notes().forEach(note -> listener.on(new StateLeftOut(slot.id(), note)));
        if (!ready.inputs().isEmpty()) {
            listener.on(inputsChanged(slot.id(), ready));
        }
        ready.schemas().news().forEach(news -> listener.on(new StateChanged(slot.id(), news)));
        slot.goLive(task);
        table.changed();
        gate.seek(task);
        if (slot.isProcessing()) {
            gate.resume(slot);
        }
        listener.on(new TaskRestored(
                slot.id(), ready.source(), Duration.ofNanos(now - slot.restoringSince()), ready.bytes()));
    }

    private static InputsChanged inputsChanged(TaskId task, Ready ready) {
        Map<String, Long> adopted = new TreeMap<>();
        ready.inputs()
                .added()
                .forEach(topic -> adopted.put(topic, ready.positions().in(topic).offset()));
        return new InputsChanged(task, adopted, ready.inputs().removed());
    }

    @Override
    public void record(int partition, long offset, byte[] value) {
        TaskSlot slot = table.slot(partition);
        TaskRestore running = slot == null ? null : slot.restore();
        if (running != null) {
            running.accept(offset, value);
        }
    }

    @Override
    public void unreadable(int partition, String message) {
        TaskSlot slot = table.slot(partition);
        TaskRestore running = slot == null ? null : slot.restore();
        if (running != null) {
            running.unreadable(message);
        }
    }

    @Override
    public void quarantined(TaskId task, String reason) {
        listener.on(new StoreQuarantined(task, reason));
    }

    @Override
    public void fenced(TaskId task, String owner) {
        listener.on(new OwnerFenced(task, owner));
    }

    private TaskRestore restoreOf(TaskId id, @Nullable StateStore open) {
        return new TaskRestore(duty, id, ports, schema, open, this);
    }
}
