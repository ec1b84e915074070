package io.tidemark.api;

/**
 * Where the current record stands.
 *
 * @param topic its topic
 * @param partition its partition
 * @param offset its offset
 * @param timestamp its timestamp in milliseconds since the epoch
 */
public record RecordOrigin(String topic, int partition, long offset, long timestamp) {}
