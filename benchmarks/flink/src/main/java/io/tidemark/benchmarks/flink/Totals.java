package io.tidemark.benchmarks.flink;

import java.nio.charset.StandardCharsets;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Totals on their way out. */
final class Totals implements KafkaRecordSerializationSchema<Tuple2<String, byte[]>> {

    private static final long serialVersionUID = 1L;

    private final String topic;

    Totals(String topic) {
        this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            Tuple2<String, byte[]> total, KafkaSinkContext context, Long timestamp) {
        return new ProducerRecord<>(topic, total.f0.getBytes(StandardCharsets.ISO_8859_1), total.f1);
    }
}
