package io.tidemark.checkpoint;

import java.util.UUID;

/**
 * The reference to a checkpoint in the metadata of one committed input offset. It repeats the offset it was committed with, so that
 * an offset moved by anybody else is seen.
 *
 * @param checkpoint the checkpoint
 * @param offset the committed offset itself
 * @param topicId id of the input topic when it was written
 * @param partitionCount partition count of the input topic when it was written
 */
public record Pointer(CheckpointRef checkpoint, long offset, UUID topicId, int partitionCount) {}
