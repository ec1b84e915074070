package io.tidemark.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record a task wants to send. It counts only if the transaction it is sent in commits.
 *
 * @param topic target topic
 * @param key record key, or {@code null}
 * @param value record value, {@code null} for a tombstone
 * @param timestamp milliseconds since the epoch, or {@link #NOW}
 * @param headers headers in order
 */
public record OutputRecord(
        String topic, byte @Nullable [] key, byte @Nullable [] value, long timestamp, List<RecordHeader> headers) {

    /** The time it is sent at. */
    public static final long NOW = -1;
}
