package io.tidemark.runtime;

import java.time.Duration;

/**
 * How committed changes reach the local store, and what one worker keeps on the heap.
 *
 * @param foldInterval how long committed changes may wait before they are written to the local store
 * @param foldBytes committed changes of all tasks of a worker that may wait before some are written to a local store
 * @param lagBytes changelog of all tasks of a worker that a restart with the local stores may have to read again
 * @param cacheBytes about what live values of all tasks of a worker may take that are in memory only to save reads
 */
public record StoreSettings(Duration foldInterval, long foldBytes, long lagBytes, long cacheBytes) {

    private static final long LEAST = 2L << 20;
    private static final long MOST_WAITING = 128L << 20;

    /** What is read again of a changelog in a second, by all workers together (docs/benchmarks.md). */
    private static final long READ_PER_SECOND = 64L << 20;

    /** Of a row that changes again and again only the newest value reaches the store. */
    private static final Duration FOLD_INTERVAL = Duration.ofSeconds(15);

    /** The defaults of the engine, for one worker alone. */
    public static StoreSettings defaults() {
        return ofHeap(Runtime.getRuntime().maxMemory(), 1, StateSettings.CATCH_UP);
    }

    /**
     * The share of one worker. What waits is held twice, as bytes and as live values, so it gets the smaller part.
     *
     * @param heap bytes the heap may grow to
     * @param workers of the whole process
     * @param catchUp how long a restart may take to read again what the stores lag behind
     */
    public static StoreSettings ofHeap(long heap, int workers, Duration catchUp) {
        long waiting = Math.min(MOST_WAITING, Math.max(LEAST, heap / 16 / workers));
        return new StoreSettings(
                FOLD_INTERVAL,
                waiting,
                READ_PER_SECOND * catchUp.toMillis() / 1000 / workers,
                Math.max(LEAST, heap / 4 / workers));
    }
}
