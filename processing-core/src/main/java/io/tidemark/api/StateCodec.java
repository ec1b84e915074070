package io.tidemark.api;

/**
 * Turns the values of one state into bytes and back. Used at checkpoints and on the first read of a key, never per record.
 *
 * <p>Implementations are thread-safe, deterministic, and never let the bytes choose a class.
 *
 * @param <T> the values' type
 */
public interface StateCodec<T> {

    /** Stable name of the format, for example {@code long} or {@code cbor}. */
    String id();

    /** Canonical description of the values' shape. Two codecs with equal id and schema read each other's bytes exactly. */
    String schema();

    /** Bytes of a value. The caller never changes them. */
    byte[] encode(T value);

    /**
     * @throws RuntimeException when the bytes are not a value of this codec
     */
    T decode(byte[] bytes);

    /** Whether values written under that id and schema can be read by this codec without losing or inventing content. */
    default boolean reads(String id, String schema) {
        return id().equals(id) && schema().equals(schema);
    }
}
