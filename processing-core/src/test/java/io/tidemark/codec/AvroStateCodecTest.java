package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.UnstorableValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AvroStateCodecTest {

    static Schema schema(String name, String... fields) {
        return new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"" + name + "\",\"namespace\":\"io.tidemark.codec\",\"fields\":["
                        + String.join(",", fields) + "]}");
    }

    private static StoredFormat stored(Schema schema) {
        return AvroStateCodec.generic(schema).format();
    }

    @Nested
    class Generated extends StateCodecContract<AvroOrder> {

        @Override
        StateCodec<AvroOrder> codec() {
            return AvroStateCodec.of(AvroOrder.class);
        }

        @Override
        List<AvroOrder> values() {
            return List.of(new AvroOrder("a", -5, null, List.of()), new AvroOrder("ä", 7, "n", List.of(1, -2)));
        }

        @Override
        List<StoredFormat> readable() {
            return List.of(stored(schema(
                    "AvroOrder",
                    "{\"name\":\"id\",\"type\":\"string\"}",
                    "{\"name\":\"cents\",\"type\":\"int\"}",
                    "{\"name\":\"gone\",\"type\":\"double\"}")));
        }

        @Override
        List<StoredFormat> unreadable() {
            return List.of(
                    stored(schema("AvroOrder", "{\"name\":\"id\",\"type\":\"string\"}")),
                    stored(schema(
                            "AvroOrder",
                            "{\"name\":\"id\",\"type\":\"long\"}",
                            "{\"name\":\"cents\",\"type\":\"long\"}")));
        }
    }

    @Nested
    class Generic extends StateCodecContract<GenericRecord> {

        private final Schema schema = schema(
                "Reading",
                "{\"name\":\"sensor\",\"type\":\"string\"}",
                "{\"name\":\"values\",\"type\":{\"type\":\"map\",\"values\":\"double\"}}");

        @Override
        StateCodec<GenericRecord> codec() {
            return AvroStateCodec.generic(schema);
        }

        @Override
        List<GenericRecord> values() {
            GenericRecord record = new GenericData.Record(schema);
            record.put("sensor", new Utf8("s1"));
            record.put("values", Map.of(new Utf8("t"), 2.5));
            return List.of(record);
        }

        @Override
        List<StoredFormat> readable() {
            return List.of(stored(schema(
                    "Reading",
                    "{\"name\":\"sensor\",\"type\":\"string\"}",
                    "{\"name\":\"values\",\"type\":{\"type\":\"map\",\"values\":\"float\"}}")));
        }

        @Override
        List<StoredFormat> unreadable() {
            return List.of(stored(schema("Reading", "{\"name\":\"sensor\",\"type\":\"string\"}")));
        }

        /** It would be another class of text after a restart. */
        @Test
        void shouldFindTextsThatComeBackAsAnotherClass() {
            GenericRecord record = new GenericData.Record(schema);
            record.put("sensor", "s1");
            record.put("values", Map.of());

            assertThat(io.tidemark.state.RoundTrip.problemWith(codec(), record)).contains("other content");
        }

        @Test
        void shouldRefuseARecordOfAnotherSchema() {
            GenericRecord other = new GenericData.Record(schema("Other", "{\"name\":\"a\",\"type\":\"int\"}"));
            other.put("a", 1);

            assertThatThrownBy(() -> codec().encode(other))
                    .isInstanceOf(UnstorableValue.class)
                    .hasMessageContaining("another schema");
        }
    }

    @Test
    void shouldReadEachVersionByItsSchema() {
        Schema first =
                schema("AvroOrder", "{\"name\":\"id\",\"type\":\"string\"}", "{\"name\":\"cents\",\"type\":\"int\"}");
        AvroStateCodec<GenericRecord> old = AvroStateCodec.generic(first);
        GenericRecord record = new GenericData.Record(first);
        record.put("id", new Utf8("a"));
        record.put("cents", 7);
        AvroStateCodec<AvroOrder> now = AvroStateCodec.of(AvroOrder.class);
        StateCodec<AvroOrder> bound = now.boundTo(now.formatAfter(old.format()));

        assertThat(bound.decode(old.encode(record))).isEqualTo(new AvroOrder("a", 7, null, List.of()));
        AvroOrder fresh = new AvroOrder("b", 8, "n", List.of(3));
        assertThat(bound.decode(bound.encode(fresh))).isEqualTo(fresh);

        CodecFit back = old.fit(now.formatAfter(old.format()));
        assertThat(back.behind()).isTrue();
        assertThat(back.misfits()).as("a long is no int").isNotEmpty();
    }

    @Test
    void shouldTellWhatAnOlderVersionWouldDrop() {
        Schema first = schema("AvroOrder", "{\"name\":\"id\",\"type\":\"string\"}");
        Schema second = schema(
                "AvroOrder",
                "{\"name\":\"id\",\"type\":\"string\"}",
                "{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"}");
        AvroStateCodec<GenericRecord> old = AvroStateCodec.generic(first);
        AvroStateCodec<GenericRecord> now = AvroStateCodec.generic(second);

        CodecFit back = old.fit(now.formatAfter(old.format()));

        assertThat(back.isReadable()).isTrue();
        assertThat(back.behind()).isTrue();
        assertThat(back.drops()).containsExactly("AvroOrder.note");
    }

    /** A schema from storage that names a class would have objects of it made. */
    @Test
    void shouldRefuseStoredSchemasThatNameClasses() {
        String hostile =
                "{\"type\":\"record\",\"name\":\"AvroOrder\",\"fields\":[{\"name\":\"id\",\"type\":{\"type\":\"string\","
                        + "\"java-class\":\"java.io.File\",\"avro.java.string\":\"String\"}}]}";
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(hostile.getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> AvroStateCodec.of(AvroOrder.class).fit(new StoredFormat("avro", text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java-class");
    }

    @Test
    void shouldTakeGeneratedClassesOnly() {
        AvroStateCodecs codecs = new AvroStateCodecs();

        assertThat(codecs.codecFor(AvroOrder.class)).isEqualTo(AvroStateCodec.of(AvroOrder.class));
        assertThat(codecs.codecFor(String.class)).isNull();
        assertThatThrownBy(() -> codecs.codecFor(GenericRecord.class)).hasMessageContaining("AvroStateCodec.generic");
        assertThatThrownBy(() -> StateCodecs.forType(AvroOrder.class)).hasMessageContaining("Avro");
    }
}
