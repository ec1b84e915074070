package io.tidemark.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes the output of the current record. It is sent only if the handler returns normally, and counts only once committed. */
public interface RecordEmitter {

    /**
     * Adds an output record.
     *
     * @param topic target topic
     * @param key record key, or {@code null} for none
     * @param value record value, {@code null} for a tombstone
     * @param timestamp milliseconds since the epoch, or {@code null} for the input record's timestamp
     * @param headers headers to add; copied
     */
    void emit(
            String topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            @Nullable Long timestamp,
            Map<String, byte[]> headers);
}
