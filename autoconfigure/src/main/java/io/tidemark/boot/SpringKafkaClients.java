package io.tidemark.boot;

import io.tidemark.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ConsumerPostProcessor;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.ProducerPostProcessor;

/**
 * Raw clients with the configuration of Spring Kafka's factories: brokers, security, tuning, post-processors and listeners are the
 * application's. The factories' own clients are never used: their producers append to the transactional id, initialize transactions
 * themselves and return to a pool when closed, each of which breaks the commit protocol.
 */
public final class SpringKafkaClients implements KafkaClients {

    private static final List<String> ONE_PROTOCOL_ONLY = List.of(
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);

    private final ConsumerFactory<?, ?> consumers;
    private final ProducerFactory<?, ?> producers;
    private final Supplier<Map<String, Object>> adminConfiguration;
    private final UnaryOperator<Map<String, Object>> outputsAdmin;
    private final boolean mayCreateTopics;

    /**
     * @param adminConfiguration asked each time a client is made: credentials may have been rotated
     * @param outputsAdmin makes an admin client's configuration of a producer's
     */
    public SpringKafkaClients(
            ConsumerFactory<?, ?> consumers,
            ProducerFactory<?, ?> producers,
            Supplier<Map<String, Object>> adminConfiguration,
            UnaryOperator<Map<String, Object>> outputsAdmin,
            boolean mayCreateTopics) {
        this.outputsAdmin = outputsAdmin;
        this.consumers = consumers;
        this.producers = producers;
        this.adminConfiguration = adminConfiguration;
        this.mayCreateTopics = mayCreateTopics;
    }

    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
        Map<String, Object> config = new HashMap<>(consumers.getConfigurationProperties());
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        // A client of one group protocol refuses to be made with settings of the other; ours come with the overrides.
        ONE_PROTOCOL_ONLY.forEach(config::remove);
        config.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        config.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        config.putAll(overrides);
        Consumer<byte[], byte[]> consumer = new ListenedConsumer(config, typed(consumers), clientId(config));
        for (ConsumerPostProcessor<byte[], byte[]> processor : typed(consumers).getPostProcessors()) {
            consumer = processor.apply(consumer);
        }
        return consumer;
    }

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> overrides) {
        Map<String, Object> config = new HashMap<>(producers.getConfigurationProperties());
        config.remove(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG);
        config.remove(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);
        config.putAll(overrides);
        Producer<byte[], byte[]> producer = new ListenedProducer(config, typed(producers), clientId(config));
        for (ProducerPostProcessor<byte[], byte[]> processor : typed(producers).getPostProcessors()) {
            producer = processor.apply(producer);
        }
        return producer;
    }

    @Override
    public Admin admin() {
        return Admin.create(new HashMap<>(adminConfiguration.get()));
    }

    @Override
    public @Nullable Admin adminOfOutputs() {
        Map<String, Object> outputs = producers.getConfigurationProperties();
        boolean same = Objects.equals(brokers(outputs), brokers(adminConfiguration.get()));
        return same ? null : Admin.create(outputsAdmin.apply(outputs));
    }

    private static @Nullable String brokers(Map<String, Object> configuration) {
        Object servers = configuration.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);
        return servers == null ? null : servers.toString();
    }

    Map<String, Object> adminConfiguration() {
        return adminConfiguration.get();
    }

    @Override
    public Map<String, Object> consumerConfiguration() {
        return consumers.getConfigurationProperties();
    }

    @Override
    public Map<String, Object> producerConfiguration() {
        return producers.getConfigurationProperties();
    }

    @Override
    public boolean mayCreateTopics() {
        return mayCreateTopics;
    }

    private static String clientId(Map<String, Object> config) {
        return String.valueOf(config.get(ConsumerConfig.CLIENT_ID_CONFIG));
    }

    /** Post-processors and listeners are written for any client; ours carry bytes. */
    @SuppressWarnings("unchecked")
    private static ConsumerFactory<byte[], byte[]> typed(ConsumerFactory<?, ?> factory) {
        return (ConsumerFactory<byte[], byte[]>) factory;
    }

    @SuppressWarnings("unchecked")
    private static ProducerFactory<byte[], byte[]> typed(ProducerFactory<?, ?> factory) {
        return (ProducerFactory<byte[], byte[]>) factory;
    }

    private static final class ListenedConsumer extends KafkaConsumer<byte[], byte[]> {

        private final String id;
        private List<ConsumerFactory.Listener<byte[], byte[]>> listeners;

        ListenedConsumer(Map<String, Object> config, ConsumerFactory<byte[], byte[]> factory, String id) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            this.id = id;
            this.listeners = factory.getListeners();
            listeners.forEach(listener -> listener.consumerAdded(id, this));
        }

        @Override
        public void close() {
            try {
                tell();
            } finally {
                super.close();
            }
        }

        @Override
        @Deprecated
        public void close(Duration timeout) {
            try {
                tell();
            } finally {
                super.close(CloseOptions.timeout(timeout));
            }
        }

        @Override
        public void close(CloseOptions options) {
            try {
                tell();
            } finally {
                super.close(options);
            }
        }

        private void tell() {
            List<ConsumerFactory.Listener<byte[], byte[]>> told = listeners;
            listeners = List.of();
            told.forEach(listener -> listener.consumerRemoved(id, this));
        }
    }

    private static final class ListenedProducer extends KafkaProducer<byte[], byte[]> {

        private final String id;
        private List<ProducerFactory.Listener<byte[], byte[]>> listeners;

        ListenedProducer(Map<String, Object> config, ProducerFactory<byte[], byte[]> factory, String id) {
            super(config, new ByteArraySerializer(), new ByteArraySerializer());
            this.id = id;
            this.listeners = factory.getListeners();
            listeners.forEach(listener -> listener.producerAdded(id, this));
        }

        @Override
        public void close() {
            try {
                tell();
            } finally {
                super.close();
            }
        }

        @Override
        public void close(Duration timeout) {
            try {
                tell();
            } finally {
                super.close(timeout);
            }
        }

        private void tell() {
            List<ProducerFactory.Listener<byte[], byte[]>> told = listeners;
            listeners = List.of();
            told.forEach(listener -> listener.producerRemoved(id, this));
        }
    }
}
