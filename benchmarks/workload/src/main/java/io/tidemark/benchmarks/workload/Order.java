package io.tidemark.benchmarks.workload;

/**
 * What comes in.
 *
 * @param time when it was sent, milliseconds since the epoch
 * @param amount what is added up
 * @param note the rest of its bytes
 */
public record Order(long time, int amount, String note) {}
