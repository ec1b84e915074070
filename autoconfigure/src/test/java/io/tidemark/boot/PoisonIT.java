package io.tidemark.boot;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.SendTo;

/** G1: bytes that are no record of ours. Each is given up as the policy says, with its place and without its content; the rest flows on. */
@ExtendWith(OutputCaptureExtension.class)
class PoisonIT {

    private static final String SECRET = "5ecret-value";

    @TempDir
    private Path directory;

    record Order(String id, int cents, List<Order> parts) {}

    @KeyedProcessor(id = "orders", topics = "${test.in}")
    static class Orders {
        @OnRecord
        @SendTo("${test.out}")
        Long on(Order order, @State ValueState<Long> count) {
            return count.update(() -> 0L, n -> n + 1);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {
        @Bean
        Orders orders() {
            return new Orders();
        }
    }

    @Test
    void shouldGiveUpWhateverCannotBeReadAndGoOnWithTheRest(CapturedOutput output) {
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        String letters = TestCluster.createTopic("letters", 1);
        List<byte[]> poison = poison();
        try (ConfigurableApplicationContext context = SpringApplication.run(
                App.class,
                "--spring.application.name=" + TestCluster.unique("poison"),
                "--spring.kafka.bootstrap-servers=" + TestCluster.bootstrapServers(),
                "--test.in=" + in,
                "--test.out=" + out,
                "--tidemark.state.allow-temp-dir=true",
                "--tidemark.state.dir=" + directory,
                "--tidemark.on-error=dead-letter",
                "--tidemark.dead-letter-topic=" + letters,
                "--tidemark.retry.max-attempts=1",
                "--spring.main.web-application-type=none")) {
            byte[] fine = "{\"id\":\"a\",\"cents\":1,\"parts\":[]}".getBytes(UTF_8);
            try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", TestCluster.bootstrapServers()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (byte[] bytes : poison) {
                    producer.send(new ProducerRecord<>(in, "k".getBytes(UTF_8), bytes));
                    producer.send(new ProducerRecord<>(in, "k".getBytes(UTF_8), fine));
                }
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(TestCluster.committed(out)).hasSize(poison.size()));
            assertThat(TestCluster.committedBytes(letters))
                    .extracting(letter -> letter.value())
                    .as("each in its place, byte for byte")
                    .containsExactlyElementsOf(poison);
            assertThat(TestCluster.committed(out).get(poison.size() - 1).value())
                    .isEqualTo(Integer.toString(poison.size()));
            assertThat(context.isRunning()).isTrue();
        }
        assertThat(output.getAll())
                .contains("record at " + in + "-0@0 was not processed")
                .contains("cannot be read")
                .doesNotContain(SECRET);
    }

    /** Damaged, hostile and random; each with a secret where there is room for one. */
    private static List<byte[]> poison() {
        List<byte[]> poison = new ArrayList<>();
        for (String text : List.of(
                "{\"id\":\"" + SECRET + "\",\"cents\":",
                "{\"id\":\"" + SECRET + "\",\"cents\":\"many\"}",
                "{\"id\":{\"" + SECRET + "\":1}}",
                "[" + "\"" + SECRET + "\"]",
                "\"" + SECRET + "\"",
                "null",
                "",
                " ",
                SECRET,
                "{\"cents\":99999999999999999999}",
                "{\"parts\":" + "[{\"parts\":".repeat(2_000) + "1",
                "[".repeat(100_000),
                "{\"@class\":\"java.lang.Runtime\",\"cents\":{}}",
                "{\"id\":\"" + SECRET + "\",\"cents\":1.5e400}",
                "{\"cents\":" + "9".repeat(5_000) + "}",
                "{\"cents\":1e999999999}",
                "{\"id\":\"" + SECRET + "\",\"cents\":NaN}",
                "{\"id\":\"a\",\"cents\":1} {\"id\":\"" + SECRET + "\"}",
                "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"" + SECRET + "\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>",
                "!!javax.script.ScriptEngineManager [" + SECRET + "]",
                "${jndi:ldap://127.0.0.1/" + SECRET + "}",
                "[\"com.sun.rowset.JdbcRowSetImpl\",{\"dataSourceName\":\"" + SECRET + "\"}]")) {
            poison.add(text.getBytes(UTF_8));
        }
        // objects of Java's own serialization, a gzip stream, UTF-16, overlong UTF-8, a lone surrogate
        poison.add(new byte[] {(byte) 0xAC, (byte) 0xED, 0, 5, 's', 'r', 0, 17, 'j', 'a', 'v', 'a'});
        poison.add(new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, (byte) 0xFF, (byte) 0xED, (byte) 0xC1});
        poison.add(("{\"id\":\"" + SECRET).getBytes(UTF_16));
        poison.add(new byte[] {'{', '"', 'i', 'd', '"', ':', '"', (byte) 0xC0, (byte) 0x80, '"', '}'});
        poison.add(new byte[] {'{', '"', 'i', 'd', '"', ':', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', '}'});
        // as Avro or Protobuf with another schema would look
        poison.add(new byte[] {0, 0, 0, 0, 7, 12, 'a', 'n', 'n', 2});
        Random random = new Random(7);
        for (int i = 0; i < 40; i++) {
            byte[] bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            bytes[0] = (byte) 0xFF; // never JSON by chance
            poison.add(bytes);
        }
        return poison;
    }
}
