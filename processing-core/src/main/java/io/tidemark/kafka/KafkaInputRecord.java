package io.tidemark.kafka;

import io.tidemark.stream.InputRecord;
import io.tidemark.stream.Position;
import io.tidemark.stream.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A view on the current record of a poll; it moves, so nothing is allocated per record. */
final class KafkaInputRecord implements InputRecord {

    private @Nullable ConsumerRecord<byte[], byte[]> record;

    void moveTo(ConsumerRecord<byte[], byte[]> next) {
        record = next;
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
    public int leaderEpoch() {
        return record().leaderEpoch().orElse(Position.UNKNOWN_EPOCH);
    }

    @Override
    public long timestamp() {
        return record().timestamp();
    }

    @Override
    public byte @Nullable [] key() {
        return record().key();
    }

    @Override
    public byte @Nullable [] value() {
        return record().value();
    }

    @Override
    public byte @Nullable [] header(String name) {
        Header header = record().headers().lastHeader(name);
        return header == null ? null : header.value();
    }

    @Override
    public List<RecordHeader> headers() {
        Header[] all = record().headers().toArray();
        if (all.length == 0) {
            return List.of();
        }
        List<RecordHeader> headers = new ArrayList<>(all.length);
        for (Header header : all) {
            headers.add(new RecordHeader(header.key(), header.value()));
        }
        return headers;
    }

    private ConsumerRecord<byte[], byte[]> record() {
        ConsumerRecord<byte[], byte[]> current = record;
        if (current == null) {
            throw new IllegalStateException("The walk has not started");
        }
        return current;
    }
}
