package io.tidemark.sample;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Finds how far a replay has come, from the topic itself: rows are sent in order, so the highest committed row is the last one sent. */
final class HighestRow {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long FIRST_LOOK = 64;

    private final Map<String, Object> configuration;
    private final JsonMapper json;

    HighestRow(Map<String, Object> configuration, JsonMapper json) {
        this.configuration = new HashMap<>(configuration);
        this.configuration.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        this.configuration.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.configuration.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.configuration.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        this.configuration.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        this.json = json;
    }

    /** The highest row in the topic, or -1 for an empty one. */
    long in(String topic) {
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(configuration, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            long highest = -1;
            for (TopicPartition partition : consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList()) {
                highest = Math.max(highest, highest(consumer, partition));
            }
            return highest;
        }
    }

    /** Somebody may have sent other things to the topic: they are no rows. */
    private long row(byte @Nullable [] value) {
        try {
            return value == null ? -1 : json.readValue(value, Flight.class).row();
        } catch (JacksonException e) {
            return -1;
        }
    }

    /** Looks back from the end, further each time: the last offsets of a partition are markers and may be aborted records. */
    private long highest(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        List<TopicPartition> one = List.of(partition);
        consumer.assign(one);
        long start = consumer.beginningOffsets(one).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(one).getOrDefault(partition, 0L);
        for (long back = FIRST_LOOK; ; back *= 8) {
            long from = Math.max(start, end - back);
            long highest = -1;
            consumer.seek(partition, from);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    highest = Math.max(highest, row(record.value()));
                }
            }
            if (highest >= 0 || from == start) {
                return highest;
            }
        }
    }
}
