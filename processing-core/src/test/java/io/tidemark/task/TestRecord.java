package io.tidemark.task;

import io.tidemark.stream.InputRecord;
import java.nio.charset.StandardCharsets;

/** An input record by hand. */
public record TestRecord(String topic, int partition, long offset, long timestamp, byte[] key, byte[] value)
        implements InputRecord {

    public static TestRecord of(String key, String value) {
        return new TestRecord("orders", 3, 17, 1000, bytes(key), bytes(value));
    }

    @Override
    public int leaderEpoch() {
        return 0;
    }

    @Override
    public byte[] header(String name) {
        return "traceparent".equals(name) ? bytes("trace-1") : null;
    }

    @Override
    public java.util.List<io.tidemark.stream.RecordHeader> headers() {
        return java.util.List.of(new io.tidemark.stream.RecordHeader("traceparent", bytes("trace-1")));
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
