package io.tidemark.runtime;

import io.tidemark.runtime.RuntimeEvent.TaskAssigned;
import io.tidemark.runtime.RuntimeEvent.TaskReleased;
import io.tidemark.state.StateStore;
import io.tidemark.stream.AssignmentListener;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.Position;
import io.tidemark.stream.RecordSource;
import io.tidemark.stream.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;

/** What one worker owns: takes tasks over, and lets them go with their work committed or dropped. Called from inside the poll. */
final class Ownership implements AssignmentListener {

    /** The open transaction, which all tasks of a worker share. */
    interface OpenWork {

        /** Commits it in time, or voids it; it may end in doubt, and then the tasks look for their pointers. */
        void commitBefore(long deadline);

        /** None of it happened. */
        void abandon(String reason);
    }

    private static final Position PLACEHOLDER = Position.at(0);

    private final WorkerDuty duty;
    private final RecordSource source;
    private final TaskTable table;
    private final TaskRestores restores;
    private final RecordPump pump;
    private final CheckpointDriver checkpoints;
    private final OpenWork work;
    private final RuntimeListener listener;
    private final LongSupplier nanos;

    Ownership(
            WorkerDuty duty,
            RecordSource source,
            TaskTable table,
            TaskRestores restores,
            RecordPump pump,
            CheckpointDriver checkpoints,
            OpenWork work,
            RuntimeListener listener,
            LongSupplier nanos) {
        this.duty = duty;
        this.source = source;
        this.table = table;
        this.restores = restores;
        this.pump = pump;
        this.checkpoints = checkpoints;
        this.work = work;
        this.listener = listener;
        this.nanos = nanos;
    }

    @Override
    public void assigned(Collection<InputPartition> partitions) {
        long now = nanos.getAsLong();
        for (InputPartition partition : partitions) {
            source.seek(partition, PLACEHOLDER);
        }
        source.pause(partitions);
        for (InputPartition partition : partitions) {
            TaskId id = new TaskId(duty.definition().id(), partition.partition());
            TaskSlot slot = table.slotFor(id);
            slot.owned().add(partition);
            boolean complete = slot.owned().size() == duty.definition().topics().size();
            if (complete && slot.live() == null && slot.restore() == null) {
                restores.begin(slot, null, now);
                listener.on(new TaskAssigned(id));
            }
        }
    }

    /** What cannot be committed in time is treated as lost: nothing of it is kept. */
    @Override
    public void revoked(Collection<InputPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        if (checkpoints.isRunning() && concerned(partitions).stream().anyMatch(TaskSlot::hasSomethingToSay)) {
            work.commitBefore(nanos.getAsLong()
                    + duty.settings().checkpoint().revocationBudget().toNanos());
        }
        letGo(partitions, false);
    }

    @Override
    public void lost(Collection<InputPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        boolean carriesTheirs = concerned(partitions).stream().anyMatch(TaskSlot::hasSomethingToSay);
        letGo(partitions, true);
        if (carriesTheirs) {
            // The open transaction carries work of tasks that are somebody else's now: all of it goes.
            work.abandon("partitions were lost: " + partitions);
        }
    }

    /**
     * Lets everything go.
     *
     * @param fold whether what is committed is still written to the stores
     */
    void release(boolean fold) {
        for (TaskSlot slot : List.copyOf(table.slots())) {
            boolean was = slot.live() != null || slot.restore() != null;
            close(slot, fold);
            table.remove(slot);
            if (was) {
                listener.on(new TaskReleased(slot.id(), false));
            }
        }
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

    private void letGo(Collection<InputPartition> partitions, boolean lost) {
        partitions.forEach(pump::passOver);
        for (TaskSlot slot : concerned(partitions)) {
            boolean was = slot.live() != null || slot.restore() != null;
            close(slot, !lost);
            slot.owned().removeAll(partitions);
            List<InputPartition> rest = List.copyOf(slot.owned());
            table.remove(slot);
            if (!rest.isEmpty()) {
                // some inputs of the task stay: it waits for its whole set again
                rest.forEach(pump::passOver);
                source.pause(rest);
                table.slotFor(slot.id()).owned().addAll(rest);
            }
            if (was) {
                listener.on(new TaskReleased(slot.id(), lost));
            }
        }
    }

    private void close(TaskSlot slot, boolean fold) {
        LiveTask task = slot.live();
        if (task != null) {
            if (fold) {
                Quietly.run(() -> checkpoints.fold(task, nanos.getAsLong()));
            }
            closeStore(task.store());
            slot.releaseLive();
        }
        TaskRestore restore = slot.restore();
        if (restore != null) {
            Quietly.run(restore::close);
        }
    }

    static void closeStore(StateStore store) {
        Quietly.run(store::close);
    }
}
