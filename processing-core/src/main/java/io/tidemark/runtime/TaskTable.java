package io.tidemark.runtime;

import io.tidemark.stream.InputPartition;
import io.tidemark.stream.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tasks of one worker by partition number. */
final class TaskTable {

    private final Map<Integer, TaskSlot> slots = new TreeMap<>();
    private final Verdicts verdicts;
    private int version;

    TaskTable(Verdicts verdicts) {
        this.verdicts = verdicts;
    }

    Collection<TaskSlot> slots() {
        return slots.values();
    }

    @Nullable
    TaskSlot slot(int partition) {
        return slots.get(partition);
    }

    /** Changes with every task that comes, goes, or gets ready. */
    int version() {
        return version;
    }

    /** A task is another one now to whoever asks: the next look must not wait. */
    void changed() {
        version++;
    }

    TaskSlot slotFor(TaskId id) {
        version++;
        return slots.computeIfAbsent(id.partition(), partition -> new TaskSlot(id, verdicts.handOver(id)));
    }

    void remove(TaskSlot slot) {
        version++;
        slots.remove(slot.id().partition());
    }

    @Nullable
    LiveTask live(int partition) {
        TaskSlot slot = slots.get(partition);
        return slot == null ? null : slot.live();
    }

    List<LiveTask> live() {
        List<LiveTask> live = new ArrayList<>(slots.size());
        for (TaskSlot slot : slots.values()) {
            LiveTask task = slot.live();
            if (task != null) {
                live.add(task);
            }
        }
        return live;
    }

    /** The task with most committed changes that wait for its store, if all of them together are more than that. */
    @Nullable
    LiveTask largestPending(long most) {
        long total = 0;
        LiveTask largest = null;
        for (TaskSlot slot : slots.values()) {
            LiveTask task = slot.live();
            if (task != null) {
                total += task.state().pendingBytes();
                if (largest == null
                        || task.state().pendingBytes() > largest.state().pendingBytes()) {
                    largest = task;
                }
            }
        }
        return total > most ? largest : null;
    }

    /** Input partitions of tasks that process now. */
    List<InputPartition> runnable() {
        List<InputPartition> runnable = new ArrayList<>();
        for (TaskSlot slot : slots.values()) {
            if (slot.isProcessing()) {
                runnable.addAll(slot.owned());
            }
        }
        return runnable;
    }
}
