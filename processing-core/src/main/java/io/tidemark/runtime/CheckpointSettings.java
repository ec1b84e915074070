package io.tidemark.runtime;

import java.time.Duration;

/**
 * When a worker takes a checkpoint.
 *
 * @param interval longest time between two checkpoints while there is work to commit
 * @param maxRecords records after which a checkpoint is due at once
 * @param maxBytes estimated bytes of dirty state after which a checkpoint is due at once
 * @param minSpacing shortest time between two checkpoints that are due only because the worker caught up
 * @param settleInterval how often positions are committed that moved over nothing but markers and aborted records
 * @param revocationBudget how long the checkpoint of partitions that are being given away may take before it is given up
 */
public record CheckpointSettings(
        Duration interval,
        int maxRecords,
        long maxBytes,
        Duration minSpacing,
        Duration settleInterval,
        Duration revocationBudget) {

    /** Often enough for any retention, seldom enough to cost nothing. */
    public static final Duration SETTLE_INTERVAL = Duration.ofSeconds(30);

    /** The defaults of the engine. */
    public static CheckpointSettings defaults() {
        return new CheckpointSettings(
                Duration.ofMillis(100),
                100_000,
                16L << 20,
                Duration.ofMillis(10),
                SETTLE_INTERVAL,
                Duration.ofSeconds(5));
    }
}
