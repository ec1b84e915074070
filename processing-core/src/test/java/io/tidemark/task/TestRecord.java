package io.tidemark.task;

import io.tidemark.stream.InputRecord;
import io.tidemark.stream.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An input record by hand. */
public record TestRecord(
        String topic, int partition, long offset, long timestamp, byte[] key, byte[] value, List<RecordHeader> headers)
        implements InputRecord {

    public TestRecord(String topic, int partition, long offset, long timestamp, byte[] key, byte[] value) {
        this(
                topic,
                partition,
                offset,
                timestamp,
                key,
                value,
                List.of(new RecordHeader("traceparent", bytes("trace-1"))));
    }

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

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
