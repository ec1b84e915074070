package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
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

class ObjectCodecTest {

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

    private record WithGetter(long count) {
        public long getHalf() {
            return count / 2;
        }
    }

    @Test
    void shouldReadWhatItWroteOfEveryScalar() {
        ObjectCodec<Flat> codec = ObjectCodec.of(Flat.class);
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            Flat value = flat(random);
            byte[] bytes = codec.encode(value);
            assertThat(codec.decode(bytes)).isEqualTo(value);
            assertThat(codec.encode(codec.decode(bytes))).isEqualTo(bytes);
        }
        ObjectCodec<Empty> empty = ObjectCodec.of(Empty.class);
        assertThat(empty.decode(empty.encode(new Empty()))).isEqualTo(new Empty());
    }

    @Test
    void shouldReadWhatItWroteOfEverythingElse() {
        ObjectCodec<Deep> codec = ObjectCodec.of(Deep.class);
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
        ObjectCodec<Total> codec = ObjectCodec.of(Total.class);
        CborCodec<Total> cbor = CborCodec.of(Total.class);
        Total total = new Total(12, 5_000, 999, 1_732_000_000_000L);

        assertThat(codec.encode(total)).hasSize(1 + 1 + 2 + 2 + 6);
        assertThat(cbor.encode(total).length).isGreaterThan(30);
    }

    /** What a later version reads has to be what the general codec reads, whatever is between them. */
    @Test
    void shouldReadAnEarlierVersionLikeTheGeneralCodec() {
        ObjectCodec<V1> v1 = ObjectCodec.of(V1.class);
        ObjectCodec<V2> v2 = ObjectCodec.of(V2.class);
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

    /** A method may turn up that Jackson would take for a getter, or go: the type passes from one way to the other. */
    @Test
    void shouldReadAcrossTheTwoWaysOfWriting() {
        record Before(String name, long count) {}
        record After(String name, long count, int more) {
            boolean isEmpty() {
                return count == 0;
            }

            public boolean isLarge() {
                return count > 100;
            }
        }
        record Again(String name, long count, int more) {}
        ObjectCodec<Before> before = ObjectCodec.of(Before.class);
        ObjectCodec<After> after = ObjectCodec.of(After.class);
        ObjectCodec<Again> again = ObjectCodec.of(Again.class);
        assertThat(before.isByPosition()).isTrue();
        assertThat(after.isByPosition()).isFalse();
        assertThat(after.reads("object", before.schema())).isTrue();

        String history = after.historyAfter("object", before.schema());
        VersionedCodec<After> second = after.withHistory(history);
        assertThat(second.decode(before.encode(new Before("a", 5)))).isEqualTo(new After("a", 5, 0));
        assertThat(second.decode(before.encode(new Before(null, 5)))).isEqualTo(new After(null, 5, 0));
        byte[] written = second.encode(new After("b", 6, 7));
        assertThat(second.decode(written)).isEqualTo(new After("b", 6, 7));

        assertThat(again.reads("object", history)).isTrue();
        VersionedCodec<Again> third = again.withHistory(again.historyAfter("object", history));
        assertThat(third.decode(before.encode(new Before("a", 5)))).isEqualTo(new Again("a", 5, 0));
        assertThat(third.decode(written)).isEqualTo(new Again("b", 6, 7));
        assertThat(third.decode(third.encode(new Again("c", 8, 9)))).isEqualTo(new Again("c", 8, 9));
    }

    /** A class and a record are the same to a state. */
    @Test
    void shouldReadAClassThatBecameARecord() {
        ObjectCodec<Holder> holder = ObjectCodec.of(Holder.class);
        record Held(long count, String note) {}
        ObjectCodec<Held> held = ObjectCodec.of(Held.class);
        Holder value = new Holder();
        value.count = 4;

        VersionedCodec<Held> bound = held.withHistory(held.historyAfter("object", holder.schema()));

        assertThat(bound.decode(holder.encode(value))).isEqualTo(new Held(4, null));
    }

    static final class Holder {
        public long count;
    }

    /** What a constant calls itself may be the same for two, and may change. */
    @Test
    void shouldWriteConstantsByName() {
        record Marked(Label label, Map<Label, Integer> counts) {}
        ObjectCodec<Marked> codec = ObjectCodec.of(Marked.class);
        Marked marked = new Marked(Label.BAD, Map.of(Label.GOOD, 1, Label.BAD, 2));

        assertThat(codec.decode(codec.encode(marked))).isEqualTo(marked);
    }

    enum Label {
        GOOD,
        BAD;

        @Override
        public String toString() {
            return "label";
        }
    }

    /** Each component is read on its own, as it was written: numbers that Jackson gives to objects do not meet. */
    @Test
    void shouldReadComponentsOfAnEarlierVersionOnTheirOwn() {
        record Two(Numbered a, Numbered b) {}
        record Three(Numbered a, Numbered b, int more) {}
        ObjectCodec<Two> two = ObjectCodec.of(Two.class);
        ObjectCodec<Three> three = ObjectCodec.of(Three.class);
        VersionedCodec<Three> bound = three.withHistory(three.historyAfter("object", two.schema()));

        Three read = bound.decode(two.encode(new Two(new Numbered("x"), new Numbered("y"))));

        assertThat(read.a().name).isEqualTo("x");
        assertThat(read.b().name).isEqualTo("y");
    }

    @JsonIdentityInfo(generator = ObjectIdGenerators.IntSequenceGenerator.class)
    static final class Numbered {
        public String name;

        Numbered() {}

        Numbered(String name) {
            this.name = name;
        }
    }

    @Test
    void shouldTakeComponentsThatSoundLikeGettersForComponents() {
        record Position(String isin, java.time.Instant issuedAt, long getting) {}

        assertThat(ObjectCodec.of(Position.class).isByPosition()).isTrue();
    }

    /** The latest two may fit each other while a value of the first is still there. */
    @Test
    void shouldRefuseAHistoryOfWhichItCannotReadEverything() {
        record Without(long other) {}
        ObjectCodec<V1> v1 = ObjectCodec.of(V1.class);
        ObjectCodec<Without> without = ObjectCodec.of(Without.class);
        ObjectCodec<V3> v3 = ObjectCodec.of(V3.class);
        String history = without.historyAfter("object", v1.schema());

        assertThat(without.reads("object", v1.schema())).isTrue();
        assertThat(v3.reads("object", without.schema())).isTrue();
        assertThat(v3.reads("object", history)).isFalse();
        assertThat(v3.reads("long", "long")).isFalse();
    }

    @Test
    void shouldComeBackToAnEarlierSchema() {
        ObjectCodec<V1> v1 = ObjectCodec.of(V1.class);
        record V0(double mean) {}
        ObjectCodec<V0> v0 = ObjectCodec.of(V0.class);
        String history = v0.historyAfter("object", v1.schema());
        VersionedCodec<V0> later = v0.withHistory(history);

        VersionedCodec<V1> back = v1.withHistory(v1.historyAfter("object", history));

        assertThat(v1.historyAfter("object", history)).isEqualTo(history);
        assertThat(back.decode(later.encode(new V0(2.5)))).isEqualTo(new V1(0, 2.5, 0, null, null));
        V1 value = new V1(1, 2, 3, "x", List.of());
        assertThat(back.encode(value)).isEqualTo(v1.encode(value));
    }

    @Test
    void shouldHaveRoomForALimitedNumberOfSchemas() {
        ObjectCodec<V3> codec = ObjectCodec.of(V3.class);
        StringBuilder history = new StringBuilder("{a0:long}");
        for (int i = 1; i < 63; i++) {
            history.append(";{a").append(i).append(":long}");
        }
        String full = codec.historyAfter("object", history.toString());
        VersionedCodec<V3> last = codec.withHistory(full);

        assertThat(last.decode(last.encode(new V3("x")))).isEqualTo(new V3("x"));
        assertThatThrownBy(() -> codec.historyAfter("object", history + ";{a63:long}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no room for more");
        assertThatThrownBy(() -> codec.withHistory("{a:long}")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldWriteTheRestAsCbor() {
        for (Object value : List.of(new Renamed(1), new WithGetter(3), new Generic<>("x"))) {
            ObjectCodec<Object> codec = ObjectCodec.of(value.getClass());
            assertThat(codec.isByPosition()).as("%s", value).isFalse();
            assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
        }
        StateCodec<?> codec = StateCodecs.forType(Flat.class);
        assertThat(codec.id()).isEqualTo("object");
        assertThat(codec).isEqualTo(ObjectCodec.of(Flat.class)).hasSameHashCodeAs(ObjectCodec.of(Flat.class));
        assertThat(codec).isNotEqualTo(ObjectCodec.of(Item.class));
    }

    @Test
    void shouldRefuseATextThatCannotBeWritten() {
        ObjectCodec<Item> codec = ObjectCodec.of(Item.class);
        for (String broken : List.of("\uD83D", "half a pair \uD83D", "\uDE00\uD83D", "😀\uD83D", "ä\uD83D")) {
            assertThatThrownBy(() -> codec.encode(new Item(broken, 1))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseOrReadAnyBytesWithoutAllocatingMuch() {
        ObjectCodec<Deep> deep = ObjectCodec.of(Deep.class);
        ObjectCodec<Flat> flat = ObjectCodec.of(Flat.class);
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
