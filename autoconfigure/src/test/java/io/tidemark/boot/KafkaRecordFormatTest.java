package io.tidemark.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;

class KafkaRecordFormatTest {

    record Item(String name) {}

    @Test
    void shouldTakeBootsDefaultForNotConfigured() {
        KafkaRecordFormat format = format(StringDeserializer.class, StringSerializer.class);

        assertThat(format.payloadReader(Item.class).read(null, "{\"name\":\"x\"}".getBytes(UTF_8)))
                .isEqualTo(new Item("x"));
        assertThat(format.payloadReader(String.class).read(null, "x".getBytes(UTF_8)))
                .isEqualTo("x");
        assertThat(new String(format.writePayload("t", new Item("y"), Map.of()), UTF_8))
                .isEqualTo("{\"name\":\"y\"}");
        assertThat(format.writePayload("t", null, Map.of())).isNull();
    }

    @Test
    void shouldUseWhatTheApplicationConfigured() {
        KafkaRecordFormat format = format(IntegerDeserializer.class, IntegerSerializer.class);
        io.tidemark.api.IncomingRecord record = new Record();

        assertThat(format.payloadReader(Integer.class).read(record, new byte[] {0, 0, 0, 7}))
                .isEqualTo(7);
        assertThat(format.writePayload("t", 7, new java.util.HashMap<>())).containsExactly(0, 0, 0, 7);
    }

    /** Only what this read left behind counts: a record that was a dead letter once, or met a tool that copies headers, is like any other. */
    @Test
    void shouldNotTakeAHeaderTheRecordBroughtForAFailure() {
        byte[] swallowed = "x".getBytes(UTF_8);
        Map<String, byte[]> brought = Map.of("springDeserializerExceptionValue", swallowed);
        KafkaRecordFormat format = new KafkaRecordFormat(
                new DefaultKafkaConsumerFactory<>(
                        Map.of(), new StringDeserializer(), new ErrorHandlingDeserializer<>(new IntegerDeserializer())),
                new DefaultKafkaProducerFactory<>(Map.of(
                        ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                        "org.apache.kafka.common.serialization.StringSerializer")),
                JsonMapper.shared());
        RecordFormat.Reader reader = format.payloadReader(Integer.class);

        assertThat(reader.read(new Record(brought), new byte[] {0, 0, 0, 7})).isEqualTo(7);
        assertThatThrownBy(() -> reader.read(new Record(brought), new byte[] {1, 2}))
                .isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> reader.read(new Record(), new byte[] {1, 2}))
                .isInstanceOf(SerializationException.class);
    }

    @Test
    void shouldReadAndWriteKeysInKafkasOwnFormats() {
        KafkaRecordFormat format = format(StringDeserializer.class, StringSerializer.class);

        assertThat(format.keyReader(long.class).read(new Record(), new LongSerializer().serialize("t", 5L)))
                .isEqualTo(5L);
        assertThat(format.keyReader(Thread.class)).isNull();
        assertThat(format.writeKey("t", 5L)).isEqualTo(new LongSerializer().serialize("t", 5L));
        assertThat(format.writeKey("t", "k")).isEqualTo("k".getBytes(UTF_8));
    }

    sealed interface Payment {}

    record Card(String number) implements Payment {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
    sealed interface Shape {}

    record Circle(double radius) implements Shape {}

    record Line(String product, Payment payment) {}

    record Order(List<Line> lines, @Nullable Order former) {}

    record Drawing(Shape shape, List<Shape> more, CharSequence title, Map<String, Number> sizes) {}

    record Annotated(@JsonDeserialize(as = Card.class) Payment payment) {}

    @Test
    void shouldNamePartsThatNoJsonCanBe() {
        KafkaRecordFormat format = format(StringDeserializer.class, StringSerializer.class);

        assertThat(format.unreadable(Payment.class)).startsWith("is Payment, of which JSON does not say");
        assertThat(format.unreadable(Order.class)).startsWith("has 'payment', which is Payment");
        assertThat(format.unreadable(Drawing.class)).isNull();
        assertThat(format.unreadable(Annotated.class)).isNull();
        assertThat(format.payloadReader(Annotated.class)
                        .read(new Record(), "{\"payment\":{\"number\":\"1\"}}".getBytes(UTF_8)))
                .isEqualTo(new Annotated(new Card("1")));
        assertThat(format(IntegerDeserializer.class, IntegerSerializer.class).unreadable(Order.class))
                .isNull();
    }

    private static KafkaRecordFormat format(Class<?> deserializer, Class<?> serializer) {
        return new KafkaRecordFormat(
                new DefaultKafkaConsumerFactory<>(Map.of(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, deserializer)),
                new DefaultKafkaProducerFactory<>(
                        Map.of(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, serializer.getName())),
                JsonMapper.shared());
    }

    private record Record(Map<String, byte[]> headers) implements io.tidemark.api.IncomingRecord {

        Record() {
            this(Map.of());
        }

        @Override
        public String topic() {
            return "t";
        }

        @Override
        public int partition() {
            return 0;
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public long timestamp() {
            return 0;
        }

        @Override
        public byte[] key() {
            return new byte[0];
        }

        @Override
        public byte[] value() {
            return new byte[0];
        }

        @Override
        public byte[] header(String name) {
            return null;
        }
    }
}
