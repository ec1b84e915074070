package io.tidemark.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.MapState;
import io.tidemark.api.ValueState;
import io.tidemark.boot.AvroBytes.AvroDeserializer;
import io.tidemark.boot.AvroBytes.AvroSerializer;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.TaskStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;
import org.springframework.kafka.support.serializer.JacksonJsonDeserializer;
import org.springframework.kafka.support.serializer.JacksonJsonSerializer;
import org.springframework.messaging.handler.annotation.SendTo;

/** Processors with the (de)serializers people configure, each on a factory of its own, in one application against a real broker. */
class RecordFormatsIT {

    @TempDir
    private static Path directory;

    private static final Map<String, String> TOPICS = new HashMap<>();
    private static ConfigurableApplicationContext context;

    public record Payment(String customer, long cents) {}

    @KeyedProcessor(id = "text", topics = "${text.in}")
    static class Text {
        @OnRecord
        @SendTo("${text.out}")
        String on(String text, @State ValueState<Integer> length) {
            return text + " " + length.update(() -> 0, n -> n + text.length());
        }
    }

    @KeyedProcessor(id = "raw", topics = "${raw.in}")
    static class Raw {
        @OnRecord
        @SendTo("${raw.out}")
        byte[] on(byte[] bytes, @State ValueState<byte[]> last) {
            byte[] before = last.getOr(new byte[0]);
            last.set(bytes.clone());
            return before;
        }
    }

    @KeyedProcessor(id = "json", topics = "${json.in}")
    static class Json {
        @OnRecord
        @SendTo("${json.out}")
        Payment on(Payment payment, @State MapState<String, Long> byCustomer) {
            long sum = byCustomer.getOr(payment.customer(), 0L) + payment.cents();
            byCustomer.put(payment.customer(), sum);
            return new Payment(payment.customer(), sum);
        }
    }

    @KeyedProcessor(id = "avro", topics = "${avro.in}")
    static class Avro {
        @OnRecord
        @SendTo("${avro.out}")
        GenericRecord on(GenericRecord payment, @Key String key, @State ValueState<Long> sum) {
            long now = sum.update(() -> 0L, n -> n + (long) payment.get("cents"));
            return payment(payment.get("customer").toString(), now);
        }
    }

    /** Its deserializer keeps failures to itself, as Spring Kafka's own does; they are failures of the record all the same. */
    @KeyedProcessor(id = "quiet", topics = "${quiet.in}")
    static class Quiet {
        @OnRecord
        @SendTo("${quiet.out}")
        Payment on(Payment payment) {
            return payment;
        }
    }

    private static GenericRecord payment(String customer, long cents) {
        GenericRecord record = new GenericData.Record(AvroBytes.PAYMENT);
        record.put("customer", customer);
        record.put("cents", cents);
        return record;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {
        @Bean
        Text text() {
            return new Text();
        }

        @Bean
        Raw raw() {
            return new Raw();
        }

        @Bean
        Json json() {
            return new Json();
        }

        @Bean
        Avro avro() {
            return new Avro();
        }

        @Bean
        Quiet quiet() {
            return new Quiet();
        }

        @Bean
        @Primary
        ConsumerFactory<?, ?> textConsumers() {
            return consumers(StringDeserializer.class, Map.of());
        }

        @Bean
        @Primary
        ProducerFactory<?, ?> textProducers() {
            return producers(StringSerializer.class);
        }

        @Bean
        ConsumerFactory<?, ?> rawConsumers() {
            return consumers(ByteArrayDeserializer.class, Map.of());
        }

        @Bean
        ProducerFactory<?, ?> rawProducers() {
            return producers(ByteArraySerializer.class);
        }

        @Bean
        ConsumerFactory<?, ?> jsonConsumers() {
            return consumers(
                    JacksonJsonDeserializer.class,
                    Map.of(
                            JacksonJsonDeserializer.VALUE_DEFAULT_TYPE,
                            Payment.class.getName(),
                            JacksonJsonDeserializer.USE_TYPE_INFO_HEADERS,
                            false));
        }

        @Bean
        ProducerFactory<?, ?> jsonProducers() {
            return producers(JacksonJsonSerializer.class);
        }

        @Bean
        ConsumerFactory<?, ?> avroConsumers() {
            return consumers(AvroDeserializer.class, Map.of());
        }

        @Bean
        ProducerFactory<?, ?> avroProducers() {
            return producers(AvroSerializer.class);
        }

        @Bean
        ConsumerFactory<?, ?> quietConsumers() {
            return consumers(
                    ErrorHandlingDeserializer.class,
                    Map.of(
                            ErrorHandlingDeserializer.VALUE_DESERIALIZER_CLASS,
                            JacksonJsonDeserializer.class.getName(),
                            JacksonJsonDeserializer.VALUE_DEFAULT_TYPE,
                            Payment.class.getName()));
        }

        private static ConsumerFactory<?, ?> consumers(Class<?> deserializer, Map<String, Object> more) {
            Map<String, Object> config = new HashMap<>(more);
            config.put("bootstrap.servers", TestCluster.bootstrapServers());
            config.put("value.deserializer", deserializer);
            return new DefaultKafkaConsumerFactory<>(config);
        }

        private static ProducerFactory<?, ?> producers(Class<?> serializer) {
            return new DefaultKafkaProducerFactory<>(
                    Map.of("bootstrap.servers", TestCluster.bootstrapServers(), "value.serializer", serializer));
        }
    }

    @BeforeAll
    static void start() {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "--spring.application.name=" + TestCluster.unique("formats"),
                "--spring.kafka.bootstrap-servers=" + TestCluster.bootstrapServers(),
                "--tidemark.state.allow-temp-dir=true",
                "--tidemark.state.dir=" + directory,
                "--tidemark.retry.backoff=20ms",
                "--spring.main.web-application-type=none"));
        for (String id : List.of("text", "raw", "json", "avro", "quiet")) {
            for (String end : List.of("in", "out")) {
                TOPICS.put(id + "." + end, TestCluster.createTopic(id, 1));
                arguments.add("--" + id + "." + end + "=" + TOPICS.get(id + "." + end));
            }
            arguments.add("--tidemark.processors." + id + ".consumer-factory=" + id + "Consumers");
            arguments.add("--tidemark.processors." + id + ".producer-factory=" + (id.equals("quiet") ? "json" : id)
                    + "Producers");
        }
        arguments.add("--tidemark.processors.avro.on-error=skip");
        context = SpringApplication.run(App.class, arguments.toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @Test
    void shouldReadAndWriteText() {
        TestCluster.send(TOPICS.get("text.in"), "k", "ab");
        TestCluster.send(TOPICS.get("text.in"), "k", "cde");
        assertThat(outputs("text", 2)).containsExactly("ab 2", "cde 5");
    }

    /** G1: nothing waits for a schema that does not exist, or for bytes to become whole. */
    @Test
    void shouldPassOverAvroThatNobodyCanRead() {
        byte[] whole = new AvroSerializer().serialize("", payment("mallory", 5));
        byte[] unknown = whole.clone();
        unknown[4] = 9;
        byte[] negative = whole.clone();
        negative[5] = 1; // a string of a negative length
        byte[] huge = Arrays.copyOf(whole, 10);
        Arrays.fill(huge, 5, 10, (byte) 0x7F);
        for (byte[] bad :
                List.of(unknown, negative, huge, Arrays.copyOf(whole, 8), Arrays.copyOf(whole, 3), new byte[1])) {
            send("avro", bad);
        }
        await().atMost(Duration.ofSeconds(20))
                .until(() -> context.getBean(TidemarkProcessors.class)
                                .runtime()
                                .orElseThrow()
                                .status("avro")
                                .orElseThrow()
                                .records()
                                .skipped()
                        == 6);
    }

    @Test
    void shouldPassBytesAsTheyAre() {
        send("raw", new byte[] {0, -1, 7});
        send("raw", "second".getBytes(UTF_8));
        send("raw", new byte[0]);
        assertThat(outputs("raw", 3)).hasSize(3).last().isEqualTo("second");
    }

    @Test
    void shouldReadAndWriteJsonByTheConfiguredSerdes() {
        TestCluster.send(TOPICS.get("json.in"), "k", "{\"customer\":\"ann\",\"cents\":5}");
        TestCluster.send(TOPICS.get("json.in"), "k", "{\"customer\":\"ann\",\"cents\":7}");
        assertThat(outputs("json", 2)).last().isEqualTo("{\"customer\":\"ann\",\"cents\":12}");
        assertThat(TestCluster.committed(TOPICS.get("json.out"))
                        .get(0)
                        .headers()
                        .lastHeader("__TypeId__"))
                .as("headers a serializer adds go along")
                .isNotNull();
    }

    @Test
    void shouldReadAndWriteAvro() {
        AvroSerializer serializer = new AvroSerializer();
        send("avro", serializer.serialize("t", payment("ann", 5)));
        send("avro", serializer.serialize("t", payment("ann", 7)));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(raw("avro.out"))
                        .hasSize(2)
                        .last()
                        .satisfies(bytes -> {
                            GenericRecord last = new AvroDeserializer().deserialize("t", bytes);
                            assertThat(last.get("cents")).isEqualTo(12L);
                        }));
    }

    @Test
    void shouldTakeASwallowedFailureForAFailureOfTheRecord() {
        TestCluster.send(TOPICS.get("quiet.in"), "k", "{\"customer\":\"ann\",\"cents\":5}");
        TestCluster.send(TOPICS.get("quiet.in"), "k", "{\"customer\":\"top-secret\"");
        TestCluster.send(TOPICS.get("quiet.in"), "k", "{\"customer\":\"ann\",\"cents\":6}");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(trouble("quiet"))
                        .contains(TOPICS.get("quiet.in") + "-0@1")
                        .contains("cannot be read")
                        .doesNotContain("top-secret"));
        assertThat(TestCluster.committed(TOPICS.get("quiet.out"))).hasSize(1);
        assertThat(trouble("json")).isEmpty();
    }

    private static String trouble(String processor) {
        ProcessingRuntime runtime =
                context.getBean(TidemarkProcessors.class).runtime().orElseThrow();
        var status = runtime.status(processor).orElseThrow();
        StringBuilder text = new StringBuilder(status.message() == null ? "" : status.message());
        for (TaskStatus task : status.tasks()) {
            text.append(task.message() == null ? "" : task.message());
        }
        return text.toString();
    }

    private static List<String> outputs(String id, int count) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(TOPICS.get(id + ".out")).size() == count);
        return TestCluster.committed(TOPICS.get(id + ".out")).stream()
                .map(record -> record.value())
                .toList();
    }

    private static List<byte[]> raw(String topic) {
        return TestCluster.committedBytes(TOPICS.get(topic)).stream()
                .map(record -> record.value())
                .toList();
    }

    private static void send(String id, byte[] value) {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestCluster.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(TOPICS.get(id + ".in"), "k".getBytes(UTF_8), value));
        }
    }
}
