package io.tidemark.runtime;

import io.tidemark.stream.RecordSource;
import io.tidemark.stream.TopicFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks every second whether the input topics are still the ones the tasks were restored for. A topic that was deleted and created again
 * under its old name looks to a consumer like the old one: it goes on at its old offset in other records. And once partitions were added, records of a key may come to a task that does not hold its state.
 */
final class InputWatch {

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private final RecordSource source;
    private final TaskTable table;
    private final List<String> topics;
    private final Map<String, Long> lastKnown = new HashMap<>();
    private long lastLook;
    private @Nullable String trouble;

    InputWatch(RecordSource source, TaskTable table, List<String> topics, long now) {
        this.source = source;
        this.table = table;
        this.topics = topics;
        this.lastLook = now;
    }

    /** Live tasks that read a topic which is another one by now, or has other partitions. */
    List<TaskSlot> misled(long now) {
        if (now - lastLook < EVERY.toNanos()) {
            return List.of();
        }
        lastLook = now;
        trouble = null;
        List<TaskSlot> misled = new ArrayList<>();
        for (String topic : topics) {
            if (source.isMissing(topic)) {
                trouble = "Input topic " + topic
                        + " does not exist any more. Once it is created again, start the processor under"
                        + " another id, with empty state";
            }
            Optional<TopicFacts> facts = source.facts(topic);
            facts.ifPresent(current -> addMisled(topic, current, misled));
            if (facts.isPresent()) {
                lastKnown.put(topic, now);
            } else if (trouble == null && now - lastKnown.computeIfAbsent(topic, t -> now) > SILENCE.toNanos()) {
                String failure = source.factsFailure(topic);
                trouble = "The cluster has not said for more than a minute what input topic " + topic + " is"
                        + (failure == null ? "" : " (" + failure + ")")
                        + ": whether it was created again or has other partitions now would go unnoticed. Check the cluster, and"
                        + " the application's right to describe the topic";
            }
        }
        return misled;
    }

    /** What is wrong with the inputs, or {@code null}. */
    @Nullable
    String trouble() {
        return trouble;
    }

    private void addMisled(String topic, TopicFacts now, List<TaskSlot> misled) {
        for (TaskSlot slot : table.slots()) {
            LiveTask task = slot.live();
            if (task != null && !misled.contains(slot) && !task.topic(topic).equals(now)) {
                misled.add(slot);
            }
        }
    }
}
