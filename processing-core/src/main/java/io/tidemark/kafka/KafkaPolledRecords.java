package io.tidemark.kafka;

import io.tidemark.stream.InputPartition;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.PolledRecords;
import io.tidemark.stream.Position;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** One poll, walked partition by partition. */
final class KafkaPolledRecords implements PolledRecords {

    private final ConsumerRecords<byte[], byte[]> records;
    private final Iterator<TopicPartition> partitions;
    private final KafkaInputRecord current = new KafkaInputRecord();
    private List<ConsumerRecord<byte[], byte[]>> run = List.of();
    private int size;
    private int next;

    KafkaPolledRecords(ConsumerRecords<byte[], byte[]> records) {
        this.records = records;
        this.partitions = records.partitions().iterator();
    }

    @Override
    public boolean advance() {
        while (next >= size) {
            if (!partitions.hasNext()) {
                return false;
            }
            run = records.records(partitions.next());
            size = run.size();
            next = 0;
        }
        current.moveTo(run.get(next++));
        return true;
    }

    @Override
    public InputRecord current() {
        return current;
    }

    @Override
    public int nextKeys(byte[][] keys) {
        int found = 0;
        int end = Math.min(size, next + keys.length);
        for (int i = next; i < end; i++) {
            byte[] key = run.get(i).key();
            if (key != null) {
                keys[found++] = key;
            }
        }
        return found;
    }

    @Override
    public int count() {
        return records.count();
    }

    @Override
    public Map<InputPartition, Position> nextPositions() {
        Map<InputPartition, Position> positions = new HashMap<>();
        records.nextOffsets()
                .forEach((partition, offset) -> positions.put(
                        new InputPartition(partition.topic(), partition.partition()),
                        new Position(offset.offset(), offset.leaderEpoch().orElse(Position.UNKNOWN_EPOCH))));
        return positions;
    }
}
