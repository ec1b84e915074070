package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.tidemark.api.StateCodec;
import io.tidemark.api.VersionedCodec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordCodecTest {

    enum Grade {
        GOOD,
        BAD
    }

    private record Flat(
            long count,
            int highest,
            short few,
            byte fewer,
            double mean,
            float share,
            boolean open,
            char letter,
            @Nullable String name,
            @Nullable Long maybe,
            @Nullable Double perhaps,
            @Nullable Boolean asked,
            @Nullable Integer third,
            @Nullable Float part) {}

    private record Item(String name, int count) {}

    private record Deep(
            String id,
            List<Item> items,
            Map<String, Long> totals,
            @Nullable Grade grade,
            Instant at,
            byte[] raw,
            @Nullable Item best,
            BigDecimal price,
            Optional<String> note,
            Optional<Long> number,
            Optional<List<Item>> more,
            List<Deep> children) {}

    private record Empty() {}

    private record V1(
            int count, double mean, float old, @Nullable String gone, List<Integer> sizes) {}

    private record V2(
            BigInteger count,
            double mean,
            double old,
            @Nullable String note,
            int added,
            List<Long> sizes) {}

    private record V3(String count) {}

    private record Renamed(@JsonProperty("other") long count) {}

    private record Generic<T>(T value) {}

    private record AsText(long cents) {
        @JsonValue
        public String text() {
            return Long.toString(cents);
        }
    }

    private record WithGetter(long count) {
        public long getHalf() {
            return count / 2;
        }
    }

    @Test
    void shouldReadWhatItWroteOfEveryScalar() {
        RecordCodec<Flat> codec = RecordCodec.of(Flat.class);
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            Flat value = flat(random);
            byte[] bytes = codec.encode(value);
            assertThat(codec.decode(bytes)).isEqualTo(value);
            assertThat(codec.encode(codec.decode(bytes))).isEqualTo(bytes);
        }
        RecordCodec<Empty> empty = RecordCodec.of(Empty.class);
        assertThat(empty.decode(empty.encode(new Empty()))).isEqualTo(new Empty());
    }

    @Test
    void shouldReadWhatItWroteOfEverythingElse() {
        RecordCodec<Deep> codec = RecordCodec.of(Deep.class);
        Deep leaf = new Deep(
                "leaf",
                List.of(),
                Map.of(),
                null,
                Instant.EPOCH,
                new byte[0],
                null,
                new BigDecimal("1.50"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
        Deep value = new Deep(
                "ä€😀",
                List.of(new Item("x", 2), new Item("y", -3)),
                Map.of("sum", 3L),
                Grade.BAD,
                Instant.ofEpochSecond(5, 7),
                new byte[] {1, -1},
                new Item("z", 9),
                new BigDecimal("123456789012345678901234567890.123"),
                Optional.of("n"),
                Optional.of(7L),
                Optional.of(List.of(new Item("w", 1))),
                List.of(leaf));

        assertThat(codec.decode(codec.encode(value))).usingRecursiveComparison().isEqualTo(value);
    }

    @Test
    void shouldTakeAFewBytes() {
        record Total(long count, long sum, int highest, long time) {}
        RecordCodec<Total> codec = RecordCodec.of(Total.class);
        CborCodec<Total> cbor = CborCodec.of(Total.class);
        Total total = new Total(12, 5_000, 999, 1_732_000_000_000L);

        assertThat(codec.encode(total)).hasSize(1 + 1 + 2 + 2 + 6);
        assertThat(cbor.encode(total).length).isGreaterThan(30);
    }

    /** What a later version reads has to be what the general codec reads, whatever is between them. */
    @Test
    void shouldReadAnEarlierVersionLikeTheGeneralCodec() {
        RecordCodec<V1> v1 = RecordCodec.of(V1.class);
        RecordCodec<V2> v2 = RecordCodec.of(V2.class);
        CborCodec<V1> cbor1 = CborCodec.of(V1.class);
        CborCodec<V2> cbor2 = CborCodec.of(V2.class);
        String history = v2.historyAfter(v1.id(), v1.schema());
        VersionedCodec<V2> bound = v2.withHistory(history);
        Random random = new Random(8);

        assertThat(v2.reads(v1.id(), v1.schema())).isTrue();
        for (int i = 0; i < 2_000; i++) {
            V1 old = new V1(
                    random.nextInt(),
                    random.nextGaussian(),
                    random.nextFloat(),
                    random.nextBoolean() ? null : text(random),
                    random.ints(random.nextInt(4)).boxed().toList());
            assertThat(bound.decode(v1.encode(old))).isEqualTo(cbor2.decode(cbor1.encode(old)));
            V2 fresh = new V2(BigInteger.TEN, 1, 2, text(random), 3, List.of(4L));
            assertThat(bound.decode(bound.encode(fresh))).isEqualTo(fresh);
        }
    }

    @Test
    void shouldReadWhatWasWrittenAsCborBefore() {
        RecordCodec<V2> v2 = RecordCodec.of(V2.class);
        CborCodec<V1> cbor1 = CborCodec.of(V1.class);
        V1 old = new V1(3, 1.5, 0.5f, null, List.of(1));

        assertThat(v2.reads(cbor1.id(), cbor1.schema())).isTrue();
        VersionedCodec<V2> bound = v2.withHistory(v2.historyAfter(cbor1.id(), cbor1.schema()));

        assertThat(bound.decode(cbor1.encode(old)))
                .isEqualTo(new V2(BigInteger.valueOf(3), 1.5, 0.5, null, 0, List.of(1L)));
        V2 fresh = new V2(BigInteger.TWO, 1, 2, null, 3, List.of());
        assertThat(bound.decode(bound.encode(fresh))).isEqualTo(fresh);
        assertThat(bound.historyAfter("record", v2.historyAfter("cbor", cbor1.schema())))
                .as("the same version again adds nothing")
                .isEqualTo("cbor" + cbor1.schema() + ";" + v2.schema());
    }

    /** The latest two may fit each other while a value of the first is still there. */
    @Test
    void shouldRefuseAHistoryOfWhichItCannotReadEverything() {
        record Without(long other) {}
        RecordCodec<V1> v1 = RecordCodec.of(V1.class);
        RecordCodec<Without> without = RecordCodec.of(Without.class);
        RecordCodec<V3> v3 = RecordCodec.of(V3.class);
        String history = without.historyAfter("record", v1.schema());

        assertThat(without.reads("record", v1.schema())).isTrue();
        assertThat(v3.reads("record", without.schema())).isTrue();
        assertThat(v3.reads("record", history)).isFalse();
        assertThat(v3.reads("long", "long")).isFalse();
    }

    @Test
    void shouldComeBackToAnEarlierSchema() {
        RecordCodec<V1> v1 = RecordCodec.of(V1.class);
        record V0(double mean) {}
        RecordCodec<V0> v0 = RecordCodec.of(V0.class);
        String history = v0.historyAfter("record", v1.schema());
        VersionedCodec<V0> later = v0.withHistory(history);

        VersionedCodec<V1> back = v1.withHistory(v1.historyAfter("record", history));

        assertThat(v1.historyAfter("record", history)).isEqualTo(history);
        assertThat(back.decode(later.encode(new V0(2.5)))).isEqualTo(new V1(0, 2.5, 0, null, null));
        V1 value = new V1(1, 2, 3, "x", List.of());
        assertThat(back.encode(value)).isEqualTo(v1.encode(value));
    }

    @Test
    void shouldHaveRoomForALimitedNumberOfSchemas() {
        RecordCodec<V3> codec = RecordCodec.of(V3.class);
        StringBuilder history = new StringBuilder("{a0:long}");
        for (int i = 1; i < 63; i++) {
            history.append(";{a").append(i).append(":long}");
        }
        String full = codec.historyAfter("record", history.toString());
        VersionedCodec<V3> last = codec.withHistory(full);

        assertThat(last.decode(last.encode(new V3("x")))).isEqualTo(new V3("x"));
        assertThatThrownBy(() -> codec.historyAfter("record", history + ";{a63:long}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no room");
        assertThatThrownBy(() -> codec.withHistory("{a:long}")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldLeaveTheRestToTheGeneralCodec() {
        for (Class<?> type : List.of(Renamed.class, AsText.class, WithGetter.class, Generic.class, String.class)) {
            assertThat(RecordCodec.<Object>of(type)).as("%s", type).isNull();
            assertThat(StateCodecs.forType(type).id()).isIn("cbor", "string");
        }
        StateCodec<?> codec = StateCodecs.forType(Flat.class);
        assertThat(codec.id()).isEqualTo("record");
        assertThat(codec).isEqualTo(RecordCodec.of(Flat.class)).hasSameHashCodeAs(RecordCodec.of(Flat.class));
        assertThat(codec).isNotEqualTo(RecordCodec.of(Item.class));
    }

    @Test
    void shouldRefuseATextThatCannotBeWritten() {
        RecordCodec<Item> codec = RecordCodec.of(Item.class);
        for (String broken : List.of("\uD83D", "half a pair \uD83D", "\uDE00\uD83D", "😀\uD83D", "ä\uD83D")) {
            assertThatThrownBy(() -> codec.encode(new Item(broken, 1))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseOrReadAnyBytesWithoutAllocatingMuch() {
        RecordCodec<Deep> deep = RecordCodec.of(Deep.class);
        RecordCodec<Flat> flat = RecordCodec.of(Flat.class);
        Random random = new Random(3);
        byte[] good = flat.encode(flat(random));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> flat.decode(cut)).isInstanceOf(RuntimeException.class);
        }
        assertThatThrownBy(() -> flat.decode(Arrays.copyOf(good, good.length + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        long before = allocated();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            if (noise.length > 0) {
                noise[0] &= 1;
            }
            try {
                (i % 2 == 0 ? flat : deep).decode(noise);
            } catch (RuntimeException expected) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(19_000);
        assertThat((allocated() - before) / 20_000).as("bytes for each").isLessThan(64 << 10);
    }

    private static Flat flat(Random random) {
        return new Flat(
                number(random),
                (int) number(random),
                (short) number(random),
                (byte) number(random),
                Double.longBitsToDouble(random.nextLong()),
                Float.intBitsToFloat(random.nextInt()),
                random.nextBoolean(),
                (char) ('A' + random.nextInt(1_000)),
                random.nextInt(3) == 0 ? null : text(random),
                random.nextInt(3) == 0 ? null : number(random),
                random.nextInt(3) == 0 ? null : random.nextGaussian(),
                random.nextInt(3) == 0 ? null : random.nextBoolean(),
                random.nextInt(3) == 0 ? null : (int) number(random),
                random.nextInt(3) == 0 ? null : random.nextFloat());
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

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
