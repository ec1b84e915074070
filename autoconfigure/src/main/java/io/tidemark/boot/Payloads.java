package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import io.tidemark.error.ProcessorFailed;
import org.jspecify.annotations.Nullable;

/** Reads the payload of a record; a failure names its size, never its content. */
record Payloads(RecordFormat.Reader reader) {

    /** The payload; {@code null} for a tombstone. */
    @Nullable
    Object read(IncomingRecord record) {
        byte[] value = record.value();
        return value == null ? null : read("value", reader, record, value);
    }

    /** The cause may quote what it could not read: it says why to whoever judges the failure, and is never shown with its message. */
    static @Nullable Object read(String part, RecordFormat.Reader reader, IncomingRecord record, byte[] bytes) {
        try {
            return reader.read(record, bytes);
        } catch (RuntimeException e) {
            throw ProcessorFailed.unfit(
                    "its " + part + " of " + bytes.length + " bytes cannot be read ("
                            + e.getClass().getName() + ")",
                    e);
        }
    }
}
