package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.MapperFeature;
import tools.jackson.dataformat.cbor.CBORMapper;

class CborRecordWriterTest {

    private record Flat(
            long count,
            int highest,
            short few,
            byte fewer,
            double mean,
            boolean open,
            String name,
            @Nullable Long maybe,
            @Nullable Double perhaps,
            @Nullable Boolean asked,
            @Nullable Integer third) {}

    private record Nested(Flat flat) {}

    private record Renamed(@JsonProperty("other") long count) {}

    private record WithFloat(float value) {}

    private record Empty() {}

    private interface Named {
        @JsonProperty("n")
        String name();
    }

    private record RenamedByInterface(String name) implements Named {}

    private record RenamedByParameter(String name) {
        RenamedByParameter(@JsonProperty("other") String name) {
            this.name = name;
        }
    }

    private record AsText(long cents) {
        @JsonValue
        public String text() {
            return Long.toString(cents);
        }

        @JsonCreator
        static AsText parse(String text) {
            return new AsText(Long.parseLong(text));
        }
    }

    public record WithGetter(long count) {
        public long getHalf() {
            return count / 2;
        }
    }

    @Test
    void shouldWriteTheVeryBytesOfTheGeneralWriter() {
        CborRecordWriter writer = CborRecordWriter.of(Flat.class);
        CBORMapper general = CBORMapper.builder()
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .build();
        CborCodec<Flat> codec = CborCodec.of(Flat.class);
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            Flat value = new Flat(
                    number(random),
                    (int) number(random),
                    (short) number(random),
                    (byte) number(random),
                    Double.longBitsToDouble(random.nextLong()),
                    random.nextBoolean(),
                    text(random),
                    random.nextInt(3) == 0 ? null : number(random),
                    random.nextInt(3) == 0 ? null : random.nextGaussian(),
                    random.nextInt(3) == 0 ? null : random.nextBoolean(),
                    random.nextInt(3) == 0 ? null : (int) number(random));
            byte[] bytes = writer.write(value);
            assertThat(bytes).as("%s", value).isEqualTo(general.writeValueAsBytes(value));
            assertThat(codec.decode(bytes)).isEqualTo(value);
        }
        assertThat(CborRecordWriter.of(Empty.class).write(new Empty()))
                .isEqualTo(general.writeValueAsBytes(new Empty()));
    }

    @Test
    void shouldLeaveTheRestToTheGeneralWriter() {
        assertThat(CborRecordWriter.of(Nested.class)).isNull();
        assertThat(CborRecordWriter.of(Renamed.class)).isNull();
        assertThat(CborRecordWriter.of(WithFloat.class)).isNull();
        assertThat(CborRecordWriter.of(String.class)).isNull();
        assertThat(CborRecordWriter.of(WithGetter.class)).isNull();
        assertThat(CborRecordWriter.of(RenamedByInterface.class)).isNull();
        assertThat(CborRecordWriter.of(RenamedByParameter.class)).isNull();
        assertThat(CborRecordWriter.of(AsText.class)).isNull();
        for (Object value : List.of(new RenamedByInterface("a"), new RenamedByParameter("b"), new AsText(7))) {
            CborCodec<Object> codec = CborCodec.of(value.getClass());
            assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
        }
        record Text(String text) {}
        Text large = new Text("ä".repeat(2_000));
        assertThat(CborRecordWriter.of(Text.class).write(large)).isNull();
        Text broken = new Text("half a pair \uD83D");
        assertThat(CborRecordWriter.of(Text.class).write(broken)).isNull();
        CborCodec<Text> codec = CborCodec.of(Text.class);
        assertThatThrownBy(() -> codec.encode(broken)).isInstanceOf(RuntimeException.class);
        assertThat(codec.decode(codec.encode(large))).isEqualTo(large);
        assertThat(codec.decode(codec.encode(new Text(null)))).isEqualTo(new Text(null));
    }

    /** Numbers of every length, and those beside the limits. */
    private static long number(Random random) {
        long magnitude = random.nextLong() >>> random.nextInt(64);
        return switch (random.nextInt(4)) {
            case 0 -> -magnitude;
            case 1 -> (1L << random.nextInt(63)) - random.nextInt(3);
            default -> magnitude;
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(random.nextInt(10) == 0 ? 300 : 30); i > 0; i--) {
            text.appendCodePoint(
                    switch (random.nextInt(6)) {
                        case 0 -> 0xE4;
                        case 1 -> 0x20AC;
                        case 2 -> 0x1F600;
                        default -> 'a' + random.nextInt(26);
                    });
        }
        return text.toString();
    }
}
