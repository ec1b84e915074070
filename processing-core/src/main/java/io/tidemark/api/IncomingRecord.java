package io.tidemark.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The record a handler is called for: a view that moves on when the call returns. */
public interface IncomingRecord {

    String topic();

    int partition();

    long offset();

    /** Milliseconds since the epoch. */
    long timestamp();

    /** The key's bytes, not to be changed. */
    byte[] key();

    /** The value's bytes, not to be changed; {@code null} for a tombstone. */
    byte @Nullable [] value();

    /** Value of the last header of that name, or {@code null}. */
    byte @Nullable [] header(String name);

    /** All headers by name, not to be changed; of several with one name the last. */
    Map<String, byte[]> headers();

    default RecordOrigin origin() {
        return new RecordOrigin(topic(), partition(), offset(), timestamp());
    }
}
