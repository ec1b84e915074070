package io.tidemark.kafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** One real broker for the suite, started by the first test that asks. */
public final class TestCluster {

    private static EmbeddedKafkaKraftBroker broker;

    private TestCluster() {}

    public static synchronized String bootstrapServers() {
        if (broker == null) {
            EmbeddedKafkaKraftBroker starting = new EmbeddedKafkaKraftBroker(1, 1);
            starting.brokerProperties(Map.ofEntries(
                    Map.entry("transaction.state.log.replication.factor", "1"),
                    Map.entry("transaction.state.log.min.isr", "1"),
                    Map.entry("offsets.topic.replication.factor", "1"),
                    Map.entry("offsets.topic.num.partitions", "5"),
                    Map.entry("transaction.state.log.num.partitions", "5"),
                    Map.entry("group.initial.rebalance.delay.ms", "0"),
                    Map.entry("group.min.session.timeout.ms", "1000"),
                    Map.entry("group.consumer.min.session.timeout.ms", "1000"),
                    Map.entry("group.consumer.session.timeout.ms", "4000"),
                    Map.entry("group.consumer.min.heartbeat.interval.ms", "100"),
                    Map.entry("group.consumer.heartbeat.interval.ms", "500"),
                    // a transaction that takes too long is ended within a test
                    Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500"),
                    // compaction within a test
                    Map.entry("log.cleaner.backoff.ms", "200"),
                    Map.entry("auto.create.topics.enable", "false")));
            starting.afterPropertiesSet();
            broker = starting;
        }
        return broker.getBrokersAsString();
    }

    /** Where the broker keeps its files. */
    public static Path logDirectory() {
        bootstrapServers();
        return Path.of(broker.getCluster()
                .brokers()
                .values()
                .iterator()
                .next()
                .config()
                .logDirs()
                .get(0));
    }

    /** A name nobody else uses. */
    public static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    public static String createTopic(String prefix, int partitions) {
        String topic = unique(prefix);
        try (Admin admin = clients().admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
            awaitKnown(admin, topic);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return topic;
    }

    /** A broker may be asked for a topic before it has heard of it from the controller. */
    private static void awaitKnown(Admin admin, String topic) throws Exception {
        for (int look = 0; look < 200; look++) {
            try {
                admin.describeTopics(List.of(topic)).allTopicNames().get();
                return;
            } catch (ExecutionException e) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        throw new IllegalStateException("Topic " + topic + " does not come to be known");
    }

    public static void send(String topic, int count, int keys) {
        Map<String, Object> config = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        try (Producer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, "k" + i % keys, Integer.toString(i)));
            }
        }
    }

    public static void send(String topic, String key, String value) {
        Map<String, Object> config = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        try (Producer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value));
        }
    }

    /** Everything committed in a topic now, as text. */
    public static List<ConsumerRecord<String, String>> committed(String topic) {
        return committed(topic, new StringDeserializer());
    }

    /** Everything committed in a topic now, as bytes. */
    public static List<ConsumerRecord<byte[], byte[]>> committedBytes(String topic) {
        return committed(topic, new ByteArrayDeserializer());
    }

    private static <T> List<ConsumerRecord<T, T>> committed(String topic, Deserializer<T> deserializer) {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed");
        List<ConsumerRecord<T, T>> all = new ArrayList<>();
        try (Consumer<T, T> consumer = new KafkaConsumer<>(config, deserializer, deserializer)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    public static KafkaClients clients() {
        return clients(true, Map.of());
    }

    public static KafkaClients clients(boolean mayCreateTopics) {
        return clients(mayCreateTopics, Map.of());
    }

    /** Clients of an application with that consumer configuration. */
    public static KafkaClients clients(Map<String, Object> consumerConfiguration) {
        return clients(true, consumerConfiguration);
    }

    private static KafkaClients clients(boolean mayCreateTopics, Map<String, Object> consumerConfiguration) {
        return new KafkaClients() {
            @Override
            public Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
                Map<String, Object> all = new HashMap<>(consumerConfiguration);
                all.putAll(overrides);
                return new KafkaConsumer<>(with(all), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            }

            @Override
            public Producer<byte[], byte[]> producer(Map<String, Object> overrides) {
                return new KafkaProducer<>(with(overrides), new ByteArraySerializer(), new ByteArraySerializer());
            }

            @Override
            public Admin admin() {
                return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()));
            }

            @Override
            public Map<String, Object> consumerConfiguration() {
                return consumerConfiguration;
            }

            @Override
            public Map<String, Object> producerConfiguration() {
                return Map.of();
            }

            @Override
            public boolean mayCreateTopics() {
                return mayCreateTopics;
            }

            private Map<String, Object> with(Map<String, Object> overrides) {
                Map<String, Object> all = new HashMap<>(overrides);
                all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
                return all;
            }
        };
    }
}
