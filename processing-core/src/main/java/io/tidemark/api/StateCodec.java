package io.tidemark.api;

import java.util.List;
import java.util.Objects;

/**
 * Turns the values of one state into bytes and back. Used at checkpoints and on the first read of a key, never per record.
 *
 * <p>Implementations are thread-safe, deterministic, never let the bytes choose a class, and bound every length they read before they
 * allocate for it. At start the engine writes and reads {@link #samples}; besides, it tests the first value of each class that is set,
 * before anything of it is committed: a value that does not come back {@link #same} fails its record.
 *
 * <p>Two codecs are equal when they write and read the same: handlers that share a state declare it twice.
 *
 * @param <T> the values' type
 */
public interface StateCodec<T> {

    /** Stable name of the format, for example {@code long} or {@code avro}; without line breaks. */
    String id();

    /** Canonical description of the values' shape, without line breaks. Codecs with equal id and schema read each other's bytes exactly. */
    String schema();

    /**
     * Bytes of a value. The caller never changes them.
     *
     * @throws UnstorableValue when the value would not come back as it is; other exceptions are told by their type only
     */
    byte[] encode(T value);

    /**
     * @throws RuntimeException when the bytes are not a value of this codec
     */
    T decode(byte[] bytes);

    /** Whether what is stored in that format can be read by this codec. */
    default CodecFit fit(StoredFormat stored) {
        return stored.equals(format())
                ? CodecFit.EXACT
                : CodecFit.misfit(
                        "stored as " + stored.id() + " " + stored.schema() + ", declared as " + id() + " " + schema());
    }

    /** How this codec writes. */
    default StoredFormat format() {
        return new StoredFormat(id(), schema());
    }

    /** Values to test the codec with at start; empty when none can be made up. */
    default List<T> samples() {
        return List.of();
    }

    /** Whether a value that was read is the one that was written, by content. */
    default boolean same(T written, T read) {
        return Objects.deepEquals(written, read);
    }

    /** Whether a value that is the same always has the same bytes; not where it has parts without an order. */
    default boolean hasStableBytes(T value) {
        return true;
    }

    /**
     * Whether the tests at start say all there is to know. Where they do not, each value is read again before it is committed, which costs about as
     * much as writing it twice.
     */
    default boolean isProven() {
        return false;
    }
}
