package io.tidemark.faults;

import io.tidemark.kafka.KafkaClients;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Plain clients for a runtime in this JVM, each made with the configuration of the moment. */
class SuppliedClients implements KafkaClients {

    private final Supplier<Map<String, Object>> configuration;

    SuppliedClients(Supplier<Map<String, Object>> configuration) {
        this.configuration = configuration;
    }

    private Map<String, Object> with(Map<String, Object> overrides) {
        Map<String, Object> all = new HashMap<>(overrides);
        all.putAll(configuration.get());
        return all;
    }

    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
        return new KafkaConsumer<>(with(overrides), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public final Producer<byte[], byte[]> producer(Map<String, Object> overrides) {
        return new KafkaProducer<>(with(overrides), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public final Admin admin() {
        return Admin.create(with(Map.of()));
    }

    @Override
    public final Map<String, Object> consumerConfiguration() {
        return Map.of();
    }

    @Override
    public final Map<String, Object> producerConfiguration() {
        return Map.of();
    }

    @Override
    public final boolean mayCreateTopics() {
        return true;
    }
}
