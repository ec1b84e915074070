package io.tidemark.changelog;

import io.tidemark.error.SourceFailed;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads changelog partitions, committed records only. Confined to the worker's thread; several partitions may be open at once.
 *
 * <p>Every method may throw {@link SourceFailed} when reading is beyond repair.
 */
public interface ChangelogReader {

    /** Takes what one poll brought. */
    interface Sink {

        /** A committed record. */
        void record(int partition, long offset, byte[] value);

        /** What is next in a partition cannot be read: the broker's own checks fail. */
        void unreadable(int partition, String message);
    }

    /**
     * What a partition holds.
     *
     * @param start first offset still in it
     * @param stable offset before which everything is decided
     * @param end offset after its last record, decided or not
     */
    record Bounds(long start, long stable, long end) {}

    /**
     * Asks for the bounds of a partition as they are after this call, without waiting.
     *
     * @return the answer, empty until it has come
     */
    Supplier<Optional<Bounds>> bounds(int partition);

    /** First offset still in the partition, or empty while the cluster does not answer. */
    Optional<Long> startOffset(int partition);

    /** Starts reading a partition at an offset, next to those already open. */
    void open(int partition, long offset);

    void close(int partition);

    /** Whether anything is open. */
    boolean isReading();

    /**
     * Brings some records of the open partitions to the sink, few enough to take no longer than a slice of a worker's time.
     *
     * @return how many; 0 when there are none at the moment
     */
    int poll(Duration timeout, Sink sink);

    /** Where reading stands: behind aborted records and markers as well; never behind the last stable offset. */
    long position(int partition);

    /** Last stable offset as of now, or empty while unknown: nothing below it is undecided. */
    Optional<Long> stableEnd(int partition);

    /** Offset after the last record of the partition, decided or not, or empty while the cluster does not answer. */
    Optional<Long> end(int partition);

    /** Transactional id named by the newest record of the partition, decided or not, or empty when there is none. */
    Optional<String> newestOwner(int partition);

    void close();
}
