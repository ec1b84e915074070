package io.tidemark.runtime;

import io.tidemark.runtime.RuntimeEvent.TaskIncomplete;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.RecordSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Notices tasks that have only some of their input partitions for long: an input topic was added, and the group goes on with the assignment
 * it had, or members of another version read other topics. Has the group assign anew, and says what is missing.
 */
final class IncompleteTasks {

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final long NEVER = Long.MIN_VALUE;

    private final RecordSource source;
    private final TaskTable table;
    private final List<String> topics;
    private final RuntimeListener listener;
    private long lastLook;
    private long since = NEVER;
    private long patience = PATIENCE.toNanos();

    IncompleteTasks(RecordSource source, TaskTable table, List<String> topics, RuntimeListener listener, long now) {
        this.source = source;
        this.table = table;
        this.topics = topics;
        this.listener = listener;
        this.lastLook = now;
    }

    void look(long now) {
        if (topics.size() == 1 || now - lastLook < EVERY.toNanos()) {
            return;
        }
        lastLook = now;
        List<TaskSlot> incomplete = new ArrayList<>();
        for (TaskSlot slot : table.slots()) {
            if (slot.owned().size() < topics.size()) {
                incomplete.add(slot);
            }
        }
        if (incomplete.isEmpty()) {
            since = NEVER;
            patience = PATIENCE.toNanos();
        } else if (since == NEVER) {
            since = now;
        } else if (now - since > patience) {
            since = now;
            patience = Math.min(2 * patience, LONGEST.toNanos());
            incomplete.forEach(this::tell);
            source.askForAssignment("tasks have only some of their inputs");
        }
    }

    private void tell(TaskSlot slot) {
        List<String> missing = topics.stream()
                .filter(topic -> !slot.owned()
                        .contains(new InputPartition(topic, slot.id().partition())))
                .map(topic -> topic + "-" + slot.id().partition())
                .toList();
        String message = "Task " + slot.id() + " waits for its input " + String.join(", ", missing)
                + ", which the group has given to another member or to none. Members of another version, which read other topics, have to"
                + " end before; the group is asked to assign anew. Nothing of the task is processed meanwhile";
        if (slot.isNews(message)) {
            listener.on(new TaskIncomplete(slot.id(), message));
        }
    }
}
