package io.tidemark.stream;

import java.util.UUID;

/**
 * What a topic is at this moment.
 *
 * @param id the topic's id: another one means another topic under the same name
 * @param partitionCount number of partitions
 */
public record TopicFacts(UUID id, int partitionCount) {}
