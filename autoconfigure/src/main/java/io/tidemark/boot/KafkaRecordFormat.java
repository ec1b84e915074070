package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.DoubleDeserializer;
import org.apache.kafka.common.serialization.FloatDeserializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.ShortDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.serialization.UUIDDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads and writes as the application's Kafka configuration says. Spring Boot configures String (de)serializers when nobody says
 * anything, so these count as "not configured": then {@code byte[]}, {@code String}, or JSON by the declared type. Kafka's
 * (de)serializers are not thread-safe, so each task has a format of its own.
 */
public final class KafkaRecordFormat implements RecordFormat {

    /** Where Spring Kafka's error handling deserializer leaves what it did not throw. */
    private static final String SWALLOWED_FAILURE = "springDeserializerExceptionValue";

    private static final char REPLACEMENT = '\uFFFD';

    private static final Map<Class<?>, Deserializer<?>> KEYS = Map.of(
            byte[].class, new ByteArrayDeserializer(),
            Long.class, new LongDeserializer(),
            Integer.class, new IntegerDeserializer(),
            Short.class, new ShortDeserializer(),
            Double.class, new DoubleDeserializer(),
            Float.class, new FloatDeserializer(),
            UUID.class, new UUIDDeserializer());

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            long.class,
            Long.class,
            int.class,
            Integer.class,
            short.class,
            Short.class,
            double.class,
            Double.class,
            float.class,
            Float.class);

    private final @Nullable Deserializer<?> valueDeserializer;
    private final @Nullable Serializer<Object> valueSerializer;
    private final boolean ownsDeserializer;
    private final boolean ownsSerializer;
    private final JsonMapper json;

    public KafkaRecordFormat(ConsumerFactory<?, ?> consumers, ProducerFactory<?, ?> producers, JsonMapper json) {
        this.valueDeserializer = valueDeserializer(consumers);
        this.valueSerializer = valueSerializer(producers);
        this.ownsDeserializer = consumers.getValueDeserializer() == null;
        this.ownsSerializer = producers.getValueSerializer() == null;
        this.json = json;
    }

    /** A configured deserializer decides what it makes; of JSON only a common type with a discriminator tells. */
    @Override
    public @Nullable Type readsApart(List<Class<?>> payloads) {
        return valueDeserializer != null ? Object.class : JsonPayloads.commonType(payloads);
    }

    @Override
    public @Nullable String unreadable(Type payload) {
        boolean json = valueDeserializer == null && payload != byte[].class && payload != String.class;
        return json ? JsonPayloads.unreadable(this.json, payload) : null;
    }

    @Override
    public Reader payloadReader(Type type) {
        Deserializer<?> configured = valueDeserializer;
        if (type == byte[].class) {
            return (record, bytes) -> bytes;
        }
        if (configured != null) {
            return (record, bytes) -> {
                RecordHeaders headers = headers(record);
                Header brought = headers.lastHeader(SWALLOWED_FAILURE); // of an earlier failure, or by any producer
                Object payload = configured.deserialize(record.topic(), headers, bytes);
                Header left = headers.lastHeader(SWALLOWED_FAILURE);
                if (left != null && left != brought) {
                    throw new SerializationException("The configured deserializer failed and kept it to itself");
                }
                return payload;
            };
        }
        if (type == String.class) {
            return (record, bytes) -> text(bytes);
        }
        ObjectReader reader = json.readerFor(json.constructType(type));
        return (record, bytes) -> reader.readValue(bytes);
    }

    @Override
    public @Nullable Reader keyReader(Class<?> type) {
        if (type == String.class) {
            return (record, bytes) -> text(bytes);
        }
        Deserializer<?> deserializer = KEYS.get(BOXES.getOrDefault(type, type));
        return deserializer == null ? null : (record, bytes) -> deserializer.deserialize(record.topic(), bytes);
    }

    @Override
    public byte @Nullable [] writePayload(String topic, @Nullable Object payload, Map<String, byte[]> headers) {
        if (payload == null) {
            return null;
        }
        if (payload instanceof byte[] bytes) {
            return bytes;
        }
        if (payload instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        if (valueSerializer == null) {
            return json.writeValueAsBytes(payload);
        }
        RecordHeaders written = new RecordHeaders();
        byte[] bytes = valueSerializer.serialize(topic, written, payload);
        for (Header header : written.toArray()) {
            headers.put(header.key(), header.value());
        }
        return bytes;
    }

    @Override
    public byte[] writeKey(String topic, Object key) {
        if (key instanceof byte[] bytes) {
            return bytes;
        }
        return serialize(topic, key);
    }

    /** Only what was made here: what the factories share stays theirs. */
    @Override
    public void close() {
        try {
            if (ownsDeserializer && valueDeserializer != null) {
                valueDeserializer.close();
            }
        } finally {
            if (ownsSerializer && valueSerializer != null) {
                valueSerializer.close();
            }
        }
    }

    /**
     * Bytes that are no UTF-8 would become text with replacement characters: different keys the same, and no way back.
     *
     * @throws SerializationException when they are none
     */
    private static String text(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0 && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            throw new SerializationException("Not UTF-8");
        }
        return text;
    }

    @SuppressWarnings("unchecked") // the serde is the one of the key's own class
    private static byte[] serialize(String topic, Object key) {
        Serializer<Object> serializer =
                (Serializer<Object>) Serdes.serdeFrom(key.getClass()).serializer();
        return serializer.serialize(topic, key);
    }

    /** Type headers must not choose classes: a deserializer sees what the record carries, and its own configuration decides. */
    private static RecordHeaders headers(IncomingRecord record) {
        RecordHeaders headers = new RecordHeaders();
        Map<String, byte[]> own = record.headers();
        if (!own.isEmpty()) {
            own.forEach(headers::add);
        }
        return headers;
    }

    private static @Nullable Deserializer<?> valueDeserializer(ConsumerFactory<?, ?> factory) {
        Map<String, Object> config = factory.getConfigurationProperties();
        Deserializer<?> given = factory.getValueDeserializer();
        if (given == null) {
            given = instance(config.get(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG), Deserializer.class);
            if (given != null) {
                given.configure(new HashMap<>(config), false);
            }
        }
        return given instanceof StringDeserializer || given instanceof ByteArrayDeserializer ? null : given;
    }

    @SuppressWarnings("unchecked") // a serializer is only ever given what handlers return for it
    private static @Nullable Serializer<Object> valueSerializer(ProducerFactory<?, ?> factory) {
        Map<String, Object> config = factory.getConfigurationProperties();
        Serializer<?> given = factory.getValueSerializer();
        if (given == null) {
            given = instance(config.get(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG), Serializer.class);
            if (given != null) {
                given.configure(new HashMap<>(config), false);
            }
        }
        return given instanceof StringSerializer || given instanceof ByteArraySerializer
                ? null
                : (Serializer<Object>) given;
    }

    private static <T> @Nullable T instance(@Nullable Object classOrName, Class<T> type) {
        try {
            if (classOrName instanceof Class<?> named) {
                return type.cast(Utils.newInstance(named));
            }
            return classOrName == null ? null : Utils.newInstance(classOrName.toString(), type);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "The configured " + type.getSimpleName() + " " + classOrName + " is not on the class path", e);
        }
    }
}
