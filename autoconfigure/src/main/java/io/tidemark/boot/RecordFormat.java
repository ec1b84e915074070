package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How keys and payloads are read and written: with what the application configured for Kafka, else by type. One per task, used on its thread. */
public interface RecordFormat extends AutoCloseable {

    /** Reads the bytes of a record as a value of one type. */
    @FunctionalInterface
    interface Reader {

        /**
         * @param bytes never {@code null}
         * @throws RuntimeException when the bytes are no such value
         */
        @Nullable
        Object read(IncomingRecord record, byte[] bytes);
    }

    /**
     * What to read records as that may be of any of these classes, so that the class of what is read tells which it is.
     *
     * @return {@code null} when nothing tells them apart
     */
    @Nullable
    Type readsApart(List<Class<?>> payloads);

    /** Why no record can be read as that type, or {@code null} when some can. */
    @Nullable
    String unreadable(Type payload);

    /** A reader of payloads of that type. */
    Reader payloadReader(Type type);

    /** A reader of keys of that type, or {@code null} when keys cannot have it. */
    @Nullable
    Reader keyReader(Class<?> type);

    /**
     * Bytes of a payload for a topic; {@code null} for a tombstone.
     *
     * @param headers takes the headers the payload is written with
     */
    byte @Nullable [] writePayload(String topic, @Nullable Object payload, Map<String, byte[]> headers);

    /** Bytes of a key for a topic. */
    byte[] writeKey(String topic, Object key);

    /** Releases what it was configured with. */
    @Override
    void close();
}
