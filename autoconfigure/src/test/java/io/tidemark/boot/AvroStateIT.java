package io.tidemark.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.StateCodec;
import io.tidemark.api.ValueState;
import io.tidemark.boot.AvroBytes.AvroDeserializer;
import io.tidemark.boot.AvroBytes.AvroSerializer;
import io.tidemark.codec.AvroStateCodec;
import io.tidemark.kafka.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.SendTo;

/** The last Avro event as state. */
class AvroStateIT {

    @TempDir
    private Path directory;

    private final String in = TestCluster.createTopic("in", 1);
    private final String out = TestCluster.createTopic("out", 1);
    private final String application = TestCluster.unique("avro-state");

    @KeyedProcessor(id = "last-payment", topics = "${test.in}")
    static class LastPayment {
        @OnRecord
        @SendTo("${test.out}")
        String on(GenericRecord payment, @State ValueState<GenericRecord> last) {
            GenericRecord before = last.get();
            last.set(payment);
            return before == null ? "first" : "after " + before.get("cents") + " of " + before.get("customer");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {
        @Bean
        LastPayment lastPayment() {
            return new LastPayment();
        }

        @Bean
        StateCodec<GenericRecord> payments() {
            return AvroStateCodec.generic(AvroBytes.PAYMENT);
        }
    }

    @Test
    void shouldKeepTheLastEventOverARestart() {
        try (ConfigurableApplicationContext context = run("first")) {
            send(5);
            awaitOutputs(1);
        }
        try (ConfigurableApplicationContext context = run("disk-lost")) {
            send(7);
            awaitOutputs(2);
        }
        assertThat(TestCluster.committed(out))
                .extracting(ConsumerRecord::value)
                .containsExactly("first", "after 5 of ada");
    }

    private void send(long cents) {
        GenericRecord payment = new GenericData.Record(AvroBytes.PAYMENT);
        payment.put("customer", "ada");
        payment.put("cents", cents);
        Map<String, Object> config = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestCluster.bootstrapServers());
        try (Producer<String, GenericRecord> producer =
                new KafkaProducer<>(config, new StringSerializer(), new AvroSerializer())) {
            producer.send(new ProducerRecord<>(in, "k", payment));
        }
    }

    private void awaitOutputs(int count) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(TestCluster.committed(out)).hasSize(count));
    }

    private ConfigurableApplicationContext run(String instance) {
        return SpringApplication.run(
                App.class,
                "--spring.application.name=" + application,
                "--spring.kafka.bootstrap-servers=" + TestCluster.bootstrapServers(),
                "--spring.kafka.consumer.value-deserializer=" + AvroDeserializer.class.getName(),
                "--test.in=" + in,
                "--test.out=" + out,
                "--tidemark.shutdown.leave-group=true",
                "--tidemark.state.allow-temp-dir=true",
                "--tidemark.state.dir=" + directory.resolve(instance),
                "--spring.main.web-application-type=none");
    }
}
