package io.tidemark.runtime;

import java.time.Duration;

/**
 * How one worker behaves.
 *
 * @param checkpointInterval longest time between two checkpoints while there is work to commit
 * @param maxRecords records after which a checkpoint is due at once
 * @param maxBytes estimated bytes of dirty state after which a checkpoint is due at once
 * @param minSpacing shortest time between two checkpoints that are due only because the worker caught up
 * @param slice how long records are processed before the worker polls again
 * @param foldInterval how long committed changes may wait before they are written to the local store
 * @param foldBytes committed changes that may wait before they are written to the local store
 * @param cleanCells live values a task may keep in memory only to save reads
 * @param attempts how often a record is tried before the processor stops
 * @param retryBackoff pause before the second attempt; doubles with each further one
 * @param patience how long a task waits for somebody else's open transaction before it fences the owner
 * @param reexamine how often a refused task is looked at again
 */
public record WorkerSettings(
        Duration checkpointInterval,
        int maxRecords,
        long maxBytes,
        Duration minSpacing,
        Duration slice,
        Duration foldInterval,
        long foldBytes,
        int cleanCells,
        int attempts,
        Duration retryBackoff,
        Duration patience,
        Duration reexamine) {

    /** The defaults of the engine. */
    public static WorkerSettings defaults() {
        return new WorkerSettings(
                Duration.ofMillis(100),
                100_000,
                16L << 20,
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                Duration.ofSeconds(2),
                32L << 20,
                100_000,
                3,
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5));
    }
}
