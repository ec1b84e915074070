package io.tidemark.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;

@ExtendWith(OutputCaptureExtension.class)
class EmbeddedKafkaIT {

    @TempDir
    private Path directory;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(EmbeddedKafkaAutoConfiguration.class, KafkaAutoConfiguration.class));

    @Test
    void shouldKeepTopicsAndTransactionsOverARestart() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1)))
                        .all()
                        .get();
            }
            Map<String, Object> config =
                    Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "keeper");
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("kept", "committed"));
                producer.commitTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("kept", "aborted"));
                producer.abortTransaction();
            }
        }
        try (EmbeddedKafka again = EmbeddedKafka.start(directory, 0);
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers", again.bootstrapServers(),
                                "isolation.level", "read_committed",
                                "auto.offset.reset", "earliest"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            TopicPartition partition = new TopicPartition("kept", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            assertThat(consumer.poll(Duration.ofSeconds(10)).records(partition))
                    .singleElement()
                    .satisfies(record -> assertThat(record.value()).isEqualTo("committed"));
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsInUse() {
        try (EmbeddedKafka first = EmbeddedKafka.start(directory, 0)) {
            assertThat(first.bootstrapServers()).startsWith("127.0.0.1:");
            assertThatThrownBy(() -> EmbeddedKafka.start(directory, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void shouldSayWhatToDoAboutADirectoryThatIsInUse() {
        try (EmbeddedKafka first = EmbeddedKafka.start(directory, 0)) {
            assertThat(first.bootstrapServers()).isNotEmpty();
            DirectoryInUse inUse = catchThrowableOfType(DirectoryInUse.class, () -> EmbeddedKafka.start(directory, 0));
            FailureAnalysis analysis = new DirectoryInUseFailureAnalyzer().analyze(inUse, inUse);
            assertThat(analysis.getDescription()).contains(directory.toString());
            assertThat(analysis.getAction()).contains("tidemark.dev.kafka-dir").contains("Stop the other application");
        }
    }

    /** Started as an application starts it, with levels an application may have. */
    @Test
    void shouldSayNothingButWhereItIs(CapturedOutput output) {
        try (ConfigurableApplicationContext context = SpringApplication.run(
                Plain.class,
                "--tidemark.dev.embedded-kafka=true",
                "--tidemark.dev.kafka-dir=" + directory,
                "--logging.level.root=info",
                "--spring.main.banner-mode=off",
                "--spring.main.web-application-type=none")) {
            assertThat(context.isRunning()).isTrue();
        } finally {
            LoggingSystem.get(EmbeddedKafka.class.getClassLoader()).setLogLevel("ROOT", LogLevel.WARN);
        }
        assertThat(output.getOut().lines())
                .filteredOn(line -> line.contains("INFO"))
                .as("lines of the broker")
                .allSatisfy(line -> assertThat(line).containsAnyOf("ForkedBooter", "EmbeddedKafkaAutoConfiguration"))
                .anySatisfy(line -> assertThat(line).contains("Embedded Kafka for development at"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Plain {}

    @Test
    void shouldNeverRunByItself() {
        runner.run(context -> assertThat(context).doesNotHaveBean(EmbeddedKafka.class));
        runner.withPropertyValues("tidemark.dev.embedded-kafka=false")
                .run(context -> assertThat(context).doesNotHaveBean(EmbeddedKafka.class));
    }

    @Test
    void shouldTellEverybodyWhereItIs() {
        runner.withPropertyValues("tidemark.dev.embedded-kafka=true", "tidemark.dev.kafka-dir=" + directory)
                .run(context -> {
                    String address = context.getBean(EmbeddedKafka.class).bootstrapServers();
                    assertThat(context.getBean(KafkaConnectionDetails.class).getBootstrapServers())
                            .containsExactly(address);
                    assertThat(context.getBean(ConsumerFactory.class)
                                    .getConfigurationProperties()
                                    .get("bootstrap.servers")
                                    .toString())
                            .contains(address);
                });
    }
}
