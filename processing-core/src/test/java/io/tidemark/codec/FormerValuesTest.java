package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.StateAlias;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDefault;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.VersionedCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the release before the type model stored is still read: its own bytes, checked in, made by its own code. */
class FormerValuesTest {

    record Stored(StoredFormat format, byte[] bytes) {}

    private final Map<String, Stored> stored = read();

    @Test
    void shouldReadEveryValueOfTheFormerRelease() {
        for (FormerSamples.Sample sample : FormerSamples.all()) {
            Object read = readAs(sample.type(), sample.name());

            assertThat(Contents.same(sample.value(), read)).as(sample.name()).isTrue();
        }
        assertThat(stored).hasSameSizeAs(FormerSamples.all());
    }

    /** Old and new values stand beside each other in one state. */
    @Test
    void shouldWriteInThePresentFormatBesideFormerValues() {
        for (FormerSamples.Sample sample : FormerSamples.all()) {
            StateCodec<Object> codec =
                    codec(sample.type(), stored.get(sample.name()).format());
            byte[] now = codec.encode(sample.value());

            assertThat(Contents.same(sample.value(), codec.decode(now)))
                    .as(sample.name())
                    .isTrue();
            assertThat(now.length)
                    .as("bytes of %s", sample.name())
                    .isLessThanOrEqualTo(stored.get(sample.name()).bytes().length);
        }
    }

    // ---- changes since

    record FlatFewer(long count, int highest) {}

    record FlatMore(
            long count,
            @StateDefault("7") int added,
            @Nullable String note,
            Optional<String> maybe2) {}

    record FlatWider(BigInteger count, long highest, int few, short fewer, BigDecimal third, double share) {}

    record FlatRenamed(@StateAlias("count") long amount, int highest) {}

    record FlatUnexplained(long amount, int highest, short few, byte fewer) {}

    record FlatNotRenamed(@StateAlias({}) long amount, int highest) {}

    record FlatOther(String count) {}

    @Test
    void shouldReadAddedRemovedAndWidenedFields() {
        FormerSamples.Flat flat = FormerSamples.flat();

        assertThat(readAs(FlatFewer.class, "flat")).isEqualTo(new FlatFewer(flat.count(), flat.highest()));
        assertThat(readAs(FlatWider.class, "flat"))
                .isEqualTo(
                        new FlatWider(BigInteger.valueOf(flat.count()), 77, -300, (short) 9, new BigDecimal(3), 2.5));
    }

    @Test
    void shouldReadARenamedFieldWhereItIsSaid() {
        assertThat(readAs(FlatRenamed.class, "flat")).isEqualTo(new FlatRenamed(-5_000_000_000L, 77));
        assertThat(readAs(FlatNotRenamed.class, "flat")).isEqualTo(new FlatNotRenamed(0, 77));
        assertThat(misfits(FlatUnexplained.class, "flat"))
                .anyMatch(misfit -> misfit.contains("'count' is gone and 'amount' of the same type is new")
                        && misfit.contains("@StateAlias(\"count\")"));
    }

    record OthersByText(Map<String, Long> byGrade) {}

    record PairOf<A, B>(A first, B second) {}

    sealed interface Shape2 {}

    record Round(double radius) implements Shape2 {}

    @Test
    void shouldRefuseWhatTheFormerFormatCannotSay() {
        assertThat(misfits(FlatOther.class, "flat")).anyMatch(misfit -> misfit.contains("count:string"));
        assertThat(misfits(Shape2.class, "with-getter")).isNotEmpty();
        assertThat(misfits(new FormerSamples.Declared<Map<FormerSamples.Item, Integer>>() {}.type, "counts"))
                .anyMatch(misfit -> misfit.contains("keys were stored as text"));
    }

    @Test
    void shouldWidenCompactFormatsToo() {
        assertThat(readAs(Long.class, "integer")).isEqualTo(42L);
        assertThat(readAs(BigDecimal.class, "long")).isEqualTo(new BigDecimal(-42));
        assertThat(readAs(Long.class, "short")).isEqualTo(-7L);
        assertThat(readAs(Double.class, "integer")).isEqualTo(42.0);
        assertThat(misfits(Integer.class, "long")).isNotEmpty();
        assertThat(misfits(UUID.class, "string")).isNotEmpty();
        assertThat(misfits(String.class, "bytes")).anyMatch(misfit -> misfit.contains("nothing tells apart"));
    }

    private Object readAs(Type type, String name) {
        Stored former = stored.get(name);
        return codec(type, former.format()).decode(former.bytes());
    }

    private List<String> misfits(Type type, String name) {
        return ObjectCodec.of(type).fit(stored.get(name).format()).misfits();
    }

    private static StateCodec<Object> codec(Type type, StoredFormat before) {
        VersionedCodec<Object> codec = ObjectCodec.of(type);
        assertThat(codec.fit(before).misfits()).as("%s", type).isEmpty();
        return codec.boundTo(codec.formatAfter(before));
    }

    static Map<String, Stored> read() {
        try (InputStream in = FormerValuesTest.class.getResourceAsStream("/former/values.tsv")) {
            Map<String, Stored> all = new LinkedHashMap<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] parts = line.split("\t");
                all.put(
                        parts[0],
                        new Stored(
                                new StoredFormat(parts[1], parts[2]),
                                HexFormat.of().parseHex(parts[3])));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
