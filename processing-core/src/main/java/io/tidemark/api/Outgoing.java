package io.tidemark.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A result with its own key, topic, timestamp or headers. What is left open is taken from the current record: its key, the method's
 * {@code @SendTo} topics, its timestamp.
 *
 * @param payload what to send; {@code null} sends a tombstone
 * @param key the output key, in the format of keys, or {@code null} to keep the current key
 * @param topic the target topic, or {@code null} for the method's targets
 * @param timestamp milliseconds since the epoch, or {@code null} to keep the current record's
 * @param headers headers to add
 * @param <T> the payload's type
 */
public record Outgoing<T>(
        @Nullable T payload,
        @Nullable Object key,
        @Nullable String topic,
        @Nullable Long timestamp,
        Map<String, byte[]> headers) {

    public Outgoing {
        headers = Map.copyOf(headers);
    }

    public static <T> Outgoing<T> of(T payload) {
        return new Outgoing<>(payload, null, null, null, Map.of());
    }

    /** A tombstone: a record without value. */
    public static <T> Outgoing<T> tombstone() {
        return new Outgoing<>(null, null, null, null, Map.of());
    }

    public Outgoing<T> withKey(Object key) {
        return new Outgoing<>(payload, key, topic, timestamp, headers);
    }

    public Outgoing<T> to(String topic) {
        return new Outgoing<>(payload, key, topic, timestamp, headers);
    }

    public Outgoing<T> at(long timestamp) {
        return new Outgoing<>(payload, key, topic, timestamp, headers);
    }

    public Outgoing<T> withHeader(String name, byte[] value) {
        Map<String, byte[]> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Outgoing<>(payload, key, topic, timestamp, more);
    }
}
