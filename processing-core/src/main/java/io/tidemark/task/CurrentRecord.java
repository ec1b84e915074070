package io.tidemark.task;

import io.tidemark.api.IncomingRecord;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.RecordHeader;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The record a handler sees: one view per task that moves with the stream. */
final class CurrentRecord implements IncomingRecord {

    private @Nullable InputRecord record;
    private byte[] key = new byte[0];
    private @Nullable Thread owner;

    void moveTo(InputRecord record, byte[] key) {
        this.record = record;
        this.key = key;
        this.owner = Thread.currentThread();
    }

    void leave() {
        record = null;
    }

    @Override
    public String topic() {
        return record().topic();
    }

    @Override
    public int partition() {
        return record().partition();
    }

    @Override
    public long offset() {
        return record().offset();
    }

    @Override
    public long timestamp() {
        return record().timestamp();
    }

    @Override
    public byte[] key() {
        record();
        return key;
    }

    @Override
    public byte @Nullable [] value() {
        return record().value();
    }

    @Override
    public byte @Nullable [] header(String name) {
        return record().header(name);
    }

    @Override
    public Map<String, byte[]> headers() {
        List<RecordHeader> all = record().headers();
        if (all.isEmpty()) {
            return Collections.emptyMap();
        }
        Map<String, byte[]> headers = new LinkedHashMap<>();
        for (RecordHeader header : all) {
            if (header.value() == null) {
                headers.remove(header.name());
            } else {
                headers.put(header.name(), header.value());
            }
        }
        return Collections.unmodifiableMap(headers);
    }

    private InputRecord record() {
        InputRecord current = record;
        if (current == null || owner != Thread.currentThread()) {
            throw new IllegalStateException(
                    "The record is over, or another thread's: nothing of it may be kept beyond the handler call");
        }
        return current;
    }
}
