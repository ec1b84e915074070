package io.tidemark.task;

import io.tidemark.api.RecordEmitter;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the outputs of one record; nothing leaves it when the handler throws. */
final class Outputs implements RecordEmitter, TaskStep {

    /** W3C trace context: passes from input to outputs so that a trace does not end at a processor. */
    private static final String TRACE_PARENT = "traceparent";

    private final List<OutputRecord> records = new ArrayList<>();
    private @Nullable InputRecord cause;

    void startFor(InputRecord input) {
        records.clear();
        cause = input;
    }

    void drop() {
        records.clear();
        cause = null;
    }

    void finish() {
        cause = null;
    }

    @Override
    public void emit(
            String topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            @Nullable Long timestamp,
            Map<String, byte[]> headers) {
        InputRecord input = cause;
        if (input == null) {
            throw new IllegalStateException("Output is possible only inside the handler call");
        }
        // Kafka refuses negative timestamps, which an input without one has.
        long at = timestamp != null ? timestamp : Math.max(0, input.timestamp());
        records.add(new OutputRecord(topic, key, value, at, headers(input, headers)));
    }

    @Override
    public List<OutputRecord> outputs() {
        return records;
    }

    private static List<RecordHeader> headers(InputRecord input, Map<String, byte[]> own) {
        byte[] trace = own.containsKey(TRACE_PARENT) ? null : input.header(TRACE_PARENT);
        if (trace == null && own.isEmpty()) {
            return List.of();
        }
        List<RecordHeader> headers = new ArrayList<>(own.size() + 1);
        own.forEach((name, value) -> headers.add(new RecordHeader(name, value)));
        if (trace != null) {
            headers.add(new RecordHeader(TRACE_PARENT, trace));
        }
        return headers;
    }
}
