package io.tidemark.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.boot.autoconfigure.TidemarkAutoConfiguration;
import io.tidemark.kafka.KafkaTransactionalLog;
import io.tidemark.kafka.MembershipSettings;
import io.tidemark.kafka.TestCluster;
import io.tidemark.kafka.WorkerClients;
import io.tidemark.kafka.WorkerIdentity;
import io.tidemark.stream.OutputRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/** Our clients with the application's configuration: exactly our identity, really closed, whatever the application customizes. */
class SpringKafkaClientsIT {

    private final WorkerIdentity identity = new WorkerIdentity(TestCluster.unique("app"), "orders", "0123456789ab", 1);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    SslAutoConfiguration.class, KafkaAutoConfiguration.class, TidemarkAutoConfiguration.class))
            .withPropertyValues("spring.kafka.bootstrap-servers=" + TestCluster.bootstrapServers());

    @Test
    void shouldUseExactlyOurTransactionalId() {
        String topic = TestCluster.createTopic("out", 1);
        runner.withPropertyValues("spring.kafka.producer.transaction-id-prefix=theirs-")
                .run(context -> {
                    SpringKafkaClients clients = clients(context);
                    KafkaTransactionalLog log = new KafkaTransactionalLog(workerClients(clients), identity);
                    log.replace();
                    log.send(new OutputRecord(topic, null, new byte[] {1}, 5, List.of()));
                    log.flush();

                    try (Admin admin = clients.admin()) {
                        Set<String> ids = new java.util.HashSet<>();
                        for (TransactionListing listing :
                                admin.listTransactions().all().get()) {
                            ids.add(listing.transactionalId());
                        }
                        assertThat(ids).contains(identity.transactionalId());
                        assertThat(ids)
                                .noneMatch(id ->
                                        id.startsWith("theirs-") || id.startsWith(identity.transactionalId() + "-"));
                    }
                    log.abort();
                    log.close(Duration.ofSeconds(1));
                });
    }

    @Test
    void shouldReallyCloseAndFenceTheFormerProducer() {
        String topic = TestCluster.createTopic("out", 1);
        runner.run(context -> {
            SpringKafkaClients clients = clients(context);
            Map<String, Object> ours = Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, identity.transactionalId());
            Producer<byte[], byte[]> first = clients.producer(ours);
            first.initTransactions();
            first.beginTransaction();
            first.send(new ProducerRecord<>(topic, new byte[] {1}));
            first.flush();
            Producer<byte[], byte[]> second = clients.producer(ours);
            second.initTransactions();

            assertThatThrownBy(() -> first.commitTransaction()).isInstanceOf(ProducerFencedException.class);
            first.close(Duration.ZERO);
            assertThatThrownBy(() -> first.send(new ProducerRecord<>(topic, new byte[] {1})))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            second.close(Duration.ZERO);
            assertThat(TestCluster.committed(topic)).isEmpty();
        });
    }

    @Test
    void shouldKeepWhatTheProtocolNeedsAgainstAHostileCustomizer() {
        DefaultKafkaConsumerFactoryCustomizer hostileConsumer = factory -> factory.updateConfigs(Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, true,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest",
                ConsumerConfig.GROUP_ID_CONFIG, "theirs",
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "theirs",
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                        "org.apache.kafka.clients.consumer.RoundRobinAssignor"));
        DefaultKafkaProducerFactoryCustomizer hostileProducer = factory -> factory.updateConfigs(
                Map.of(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true, ProducerConfig.CLIENT_ID_CONFIG, "theirs"));
        runner.withBean(DefaultKafkaConsumerFactoryCustomizer.class, () -> hostileConsumer)
                .withBean(DefaultKafkaProducerFactoryCustomizer.class, () -> hostileProducer)
                .run(context -> {
                    SpringKafkaClients clients = clients(context);
                    WorkerClients worker = workerClients(clients);
                    try (Consumer<byte[], byte[]> member = clients.consumer(worker.memberOverrides())) {
                        assertThat(member.groupMetadata().groupId()).isEqualTo(identity.groupId());
                        assertThat(member.groupMetadata().groupInstanceId()).contains(identity.groupInstanceId());
                        String topic = TestCluster.createTopic("in", 1);
                        member.assign(List.of(new org.apache.kafka.common.TopicPartition(topic, 0)));
                        assertThatThrownBy(() -> member.poll(Duration.ofSeconds(5)))
                                .as("no reset happens behind our back")
                                .isInstanceOf(org.apache.kafka.clients.consumer.NoOffsetForPartitionException.class);
                    }
                });
    }

    @Test
    void shouldTellListenersAndApplyPostProcessors() {
        runner.run(context -> {
            List<String> told = new ArrayList<>();
            ConsumerFactory<Object, Object> consumers = consumers(context);
            ProducerFactory<Object, Object> producers = producers(context);
            consumers.addListener(new ConsumerFactory.Listener<>() {
                @Override
                public void consumerAdded(String id, Consumer<Object, Object> consumer) {
                    told.add("consumer added");
                }

                @Override
                public void consumerRemoved(String id, Consumer<Object, Object> consumer) {
                    told.add("consumer removed");
                }
            });
            producers.addListener(new ProducerFactory.Listener<>() {
                @Override
                public void producerAdded(String id, Producer<Object, Object> producer) {
                    told.add("producer added");
                }

                @Override
                public void producerRemoved(String id, Producer<Object, Object> producer) {
                    told.add("producer removed");
                }
            });
            consumers.addPostProcessor(consumer -> {
                told.add("consumer processed");
                return consumer;
            });
            producers.addPostProcessor(producer -> {
                told.add("producer processed");
                return producer;
            });
            SpringKafkaClients clients = clients(context);

            clients.consumer(Map.of()).close();
            clients.producer(Map.of()).close(Duration.ZERO);

            assertThat(told)
                    .containsExactly(
                            "consumer added",
                            "consumer processed",
                            "consumer removed",
                            "producer added",
                            "producer processed",
                            "producer removed");
        });
    }

    @Test
    void shouldHandAnSslBundleToEveryClient() {
        runner.withPropertyValues(
                        "spring.kafka.ssl.bundle=mine",
                        "spring.kafka.security.protocol=SSL",
                        "spring.ssl.bundle.pem.mine.truststore.certificate=classpath:test-ca.pem")
                .run(context -> {
                    SpringKafkaClients clients = clients(context);
                    for (Map<String, Object> config : List.of(
                            clients.consumerConfiguration(),
                            clients.producerConfiguration(),
                            clients.adminConfiguration())) {
                        assertThat(config).containsKey(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG);
                        assertThat(config.get("org.springframework.boot.ssl.SslBundle"))
                                .isInstanceOf(org.springframework.boot.ssl.SslBundle.class);
                        assertThat(config).containsEntry("security.protocol", "SSL");
                    }
                    // The clients are made with it: an engine factory that misses its bundle fails here.
                    clients.consumer(Map.of())
                            .close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
                    clients.producer(Map.of()).close(Duration.ZERO);
                    clients.admin().close(Duration.ZERO);
                });
    }

    private WorkerClients workerClients(SpringKafkaClients clients) {
        return new WorkerClients(clients, identity, MembershipSettings.defaults(), List.of("in"));
    }

    private static SpringKafkaClients clients(org.springframework.context.ApplicationContext context) {
        return new SpringKafkaClients(
                consumers(context),
                producers(context),
                () -> context.getBean(KafkaAdmin.class).getConfigurationProperties(),
                producer -> producer,
                true);
    }

    @SuppressWarnings("unchecked")
    private static ConsumerFactory<Object, Object> consumers(org.springframework.context.ApplicationContext context) {
        return context.getBean(ConsumerFactory.class);
    }

    @SuppressWarnings("unchecked")
    private static ProducerFactory<Object, Object> producers(org.springframework.context.ApplicationContext context) {
        return context.getBean(ProducerFactory.class);
    }
}
