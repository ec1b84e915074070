package io.tidemark.checkpoint;

import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.TopicFacts;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything the recovery of a task is decided from.
 *
 * @param inputs each input partition of the task, in topic order
 * @param adopt topics that may be inputs from now on although the state was not made from them
 * @param partitions partitions the processor was started for, the same as its changelog has
 * @param local what the local store holds, or {@code null} for an empty one
 * @param log the task's changelog partition
 * @param failed the last replay that did not reach its checkpoint, or {@code null}
 */
public record RecoveryFacts(
        List<Input> inputs,
        Set<String> adopt,
        int partitions,
        @Nullable Local local,
        Log log,
        @Nullable FailedReplay failed) {

    public RecoveryFacts {
        inputs = List.copyOf(inputs);
        adopt = Set.copyOf(adopt);
    }

    /**
     * @param topic input topic
     * @param now the topic as it is
     * @param committed its committed offset, or {@code null} when there is none
     */
    public record Input(
            String topic, TopicFacts now, @Nullable CommittedOffset committed) {}

    /**
     * @param checkpoint the checkpoint the store holds
     * @param changelogNext changelog offset after that checkpoint
     * @param offChain whether a replay has shown that the chain does not run through it
     */
    public record Local(CheckpointId checkpoint, long changelogNext, boolean offChain) {}

    /**
     * @param start first offset still in the changelog partition
     * @param end offset after its last record, decided or not
     * @param hasSegment whether it holds a committed segment; aborted ones are no history
     */
    public record Log(long start, long end, boolean hasSegment) {}

    /**
     * @param target the checkpoint that was not reached
     * @param message what was found instead
     * @param attempts how often in a row
     */
    public record FailedReplay(CheckpointRef target, String message, int attempts) {}
}
