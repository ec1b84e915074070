package io.tidemark.runtime;

import java.time.Duration;

/**
 * How committed changes reach the local store.
 *
 * @param foldInterval how long committed changes may wait before they are written to the local store
 * @param foldBytes committed changes that may wait before they are written to the local store
 * @param cleanCells live values a task may keep in memory only to save reads
 */
public record StoreSettings(Duration foldInterval, long foldBytes, int cleanCells) {

    /** The defaults of the engine. */
    public static StoreSettings defaults() {
        return new StoreSettings(Duration.ofSeconds(2), 32L << 20, 100_000);
    }
}
