package io.tidemark.changelog;

/**
 * When the base of a changelog is written anew, and in what steps.
 *
 * @param floorBytes bytes a changelog partition may always have
 * @param leastSliceBytes bytes a slice has at least, so that a round ends also when little changes
 * @param restoreBatchBytes bytes a restore collects before it writes them to the store
 */
public record BaseSettings(long floorBytes, long leastSliceBytes, long restoreBatchBytes) {

    public BaseSettings {
        if (leastSliceBytes < 1) {
            throw new IllegalArgumentException("A slice has at least a byte, not " + leastSliceBytes);
        }
    }

    /** The defaults of the engine. */
    public static BaseSettings defaults() {
        return new BaseSettings(4L << 20, 64L << 10, 4L << 20);
    }
}
