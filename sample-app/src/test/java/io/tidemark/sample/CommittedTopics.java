package io.tidemark.sample;

import io.tidemark.dev.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Looks into the broker's data after the application is gone. */
final class CommittedTopics implements AutoCloseable {

    private final EmbeddedKafka kafka;

    CommittedTopics(Path directory) {
        kafka = EmbeddedKafka.start(directory, 0);
    }

    /** Committed values by key, in order. */
    Map<String, List<String>> byKey(String topic) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed")) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> values.computeIfAbsent(
                                        new String(record.key(), StandardCharsets.UTF_8), key -> new ArrayList<>())
                                .add(new String(record.value(), StandardCharsets.UTF_8)));
            }
        }
        return values;
    }

    /** Offsets that are held back by an open transaction, over those topics. */
    long heldBack(String... topics) {
        long held = 0;
        try (KafkaConsumer<byte[], byte[]> committed = consumer("read_committed");
                KafkaConsumer<byte[], byte[]> all = consumer("read_uncommitted")) {
            for (String topic : topics) {
                List<TopicPartition> partitions = partitions(all, topic);
                Map<TopicPartition, Long> ends = all.endOffsets(partitions);
                Map<TopicPartition, Long> stable = committed.endOffsets(partitions);
                for (TopicPartition partition : partitions) {
                    held += ends.get(partition) - stable.get(partition);
                }
            }
        }
        return held;
    }

    /** Transactions that are still open or undecided. */
    List<String> openTransactions() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listTransactions().all().get().stream()
                    .filter(listing -> listing.state() == TransactionState.ONGOING
                            || listing.state() == TransactionState.PREPARE_COMMIT
                            || listing.state() == TransactionState.PREPARE_ABORT)
                    .map(listing -> listing.transactionalId())
                    .toList();
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", kafka.bootstrapServers());
        config.put("isolation.level", isolation);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void close() {
        kafka.close();
    }
}
