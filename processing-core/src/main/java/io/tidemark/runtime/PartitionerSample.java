package io.tidemark.runtime;

import io.tidemark.runtime.RuntimeEvent.PartitionersDiffer;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.KeyPlacement;
import io.tidemark.stream.TaskId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Notices inputs of one processor whose producers place keys differently: the same key then lies in different partitions, and what is to be
 * joined never meets. Looks at some hundred different keys of each input, and is done.
 */
final class PartitionerSample implements KeyInspector {

    static final int LEAST_KEYS = 20;
    static final int MOST_KEYS = 200;

    /** Topics with few keys are not looked at for ever. */
    private static final long MOST_LOOKS = 200_000;

    /** Of a hundred keys so many may lie elsewhere: somebody chose their partition. */
    private static final int STRAY_PERCENT = 3;

    private final String processor;
    private final Map<String, KeyPlacement> placements;
    private final int partitions;
    private final RuntimeListener listener;
    private final Map<String, Sample> samples = new LinkedHashMap<>();
    private long looks;
    private boolean done;

    /** The different keys of a topic, and how many of them lie where each known partitioner puts them. */
    private static final class Sample {
        private final Set<Integer> keys = new HashSet<>();
        private final int[] matches;

        Sample(int placements) {
            this.matches = new int[placements];
        }
    }

    /**
     * @param topics inputs of the processor
     * @param placements known partitioners by what they are called
     */
    PartitionerSample(
            String processor,
            List<String> topics,
            Map<String, KeyPlacement> placements,
            int partitions,
            RuntimeListener listener) {
        this.processor = processor;
        this.placements = new LinkedHashMap<>(placements);
        this.partitions = partitions;
        this.listener = listener;
        topics.forEach(topic -> samples.put(topic, new Sample(placements.size())));
        this.done = topics.size() < 2 || partitions < 2;
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public void look(TaskId task, InputRecord record) {
        byte[] key = record.key();
        Sample sample = samples.get(record.topic());
        if (++looks >= MOST_LOOKS) {
            done = true;
        }
        if (key == null
                || sample == null
                || sample.keys.size() >= MOST_KEYS
                || !sample.keys.add(Arrays.hashCode(key))) {
            return;
        }
        int i = 0;
        for (KeyPlacement placement : placements.values()) {
            if (placement.partitionOf(key, partitions) == record.partition()) {
                sample.matches[i]++;
            }
            i++;
        }
        int seen = sample.keys.size();
        if (seen == LEAST_KEYS || seen == MOST_KEYS) {
            compare();
        }
    }

    private void compare() {
        Map<String, List<String>> byPartitioner = new LinkedHashMap<>();
        boolean all = true;
        for (Map.Entry<String, Sample> each : samples.entrySet()) {
            String partitioner = partitioner(each.getValue());
            if (partitioner != null) {
                byPartitioner
                        .computeIfAbsent(partitioner, name -> new ArrayList<>())
                        .add(each.getKey());
            }
            all &= each.getValue().keys.size() >= MOST_KEYS;
        }
        if (byPartitioner.size() > 1) {
            done = true;
            List<String> parts = new ArrayList<>();
            byPartitioner.forEach((partitioner, topics) -> parts.add(String.join(", ", topics) + " by " + partitioner));
            listener.on(new PartitionersDiffer(processor, String.join("; ", parts)));
        }
        done |= all;
    }

    /** What puts keys where they lie, or {@code null} while too few were seen. */
    private @Nullable String partitioner(Sample sample) {
        int seen = sample.keys.size();
        if (seen < LEAST_KEYS) {
            return null;
        }
        int i = 0;
        for (String name : placements.keySet()) {
            if (sample.matches[i] * 100L >= seen * (100L - STRAY_PERCENT)) {
                return name;
            }
            i++;
        }
        return "another one";
    }
}
