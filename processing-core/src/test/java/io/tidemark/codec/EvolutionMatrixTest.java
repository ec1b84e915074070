package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.StateAlias;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDefault;
import io.tidemark.api.StateMigration;
import io.tidemark.api.StateName;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.VersionedCodec;
import io.tidemark.codec.FormerSamples.Declared;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every kind of change, against what the former release stored (its own bytes, checked in) and against what this one stores: what is read, or how
 * the refusal begins.
 */
class EvolutionMatrixTest {

    // ---- a record, and what became of it: FormerSamples.Item(String name, int count), FormerSamples.Flat

    record Added(String name, int count, @Nullable String note, long total, boolean open, Optional<Integer> more) {}

    record AddedWithDefaults(
            String name,
            int count,
            @StateDefault("EUR") String currency,
            @StateDefault("-7") long total,
            @StateDefault("BAD") FormerSamples.Grade grade,
            @StateDefault("") List<String> tags) {}

    record AddedByConstructor(String name, int count, List<String> tags) {
        AddedByConstructor {
            tags = tags == null ? List.of() : tags;
        }
    }

    record AddedAndDemanding(String name, int count, List<String> tags) {
        AddedAndDemanding {
            Objects.requireNonNull(tags);
        }
    }

    static final class AddedToClass {
        private String name;
        private int count;
        private int retries = 3;
    }

    record Removed(String name) {}

    record Widened(String name, long count) {}

    record WidenedToBox(String name, Long count) {}

    record WidenedFar(String name, BigDecimal count) {}

    record Narrowed(String name, short count) {}

    record Renamed(String name, @StateAlias("count") int amount) {}

    record RenamedSilently(String name, int amount) {}

    record NotRenamed(String name, @StateAlias({}) int amount) {}

    record Retyped(String name, String count) {}

    record Wrapped(Optional<String> name, int count) {}

    // ---- constants

    enum MoreGrades {
        OK,
        BAD,
        GOOD
    }

    enum FewerGrades {
        GOOD
    }

    enum RenamedGrades {
        GOOD,
        @StateAlias("BAD")
        POOR
    }

    // ---- migrations

    record Total(long value) {}

    static class FromItem implements StateMigration<FormerSamples.Item, Total> {
        @Override
        public Total migrate(FormerSamples.Item earlier) {
            return new Total(earlier.count() * 100L);
        }
    }

    static class FromLong implements StateMigration<Long, Total> {
        @Override
        public Total migrate(Long earlier) {
            return new Total(-earlier);
        }
    }

    static class FromText implements StateMigration<String, Total> {
        @Override
        public Total migrate(String earlier) {
            return new Total(earlier.length());
        }
    }

    private record Row(String what, String sample, Type type, Object expected, List<Migration> migrations) {}

    private static Row reads(String what, String sample, Type type, Object expected) {
        return new Row(what, sample, type, expected, List.of());
    }

    private static Row refuses(String what, String sample, Type type, String says) {
        return new Row(what, sample, type, new Refusal(says), List.of());
    }

    private record Refusal(String says) {}

    /** The first of a list: the samples hold one item, {@code Item[name=i, count=1]}. */
    private static Type listOf(Type type) {
        return new TypeVariables.Generic(List.class, List.of(type));
    }

    private static List<Row> rows() {
        AddedToClass withInitializer = new AddedToClass();
        withInitializer.name = "i";
        withInitializer.count = 1;
        Map<String, Long> wider = new LinkedHashMap<>(Map.of("k", 5L));
        return List.of(
                reads(
                        "fields added",
                        "items",
                        listOf(Added.class),
                        List.of(new Added("i", 1, null, 0, false, Optional.empty()))),
                reads(
                        "fields added, with defaults",
                        "items",
                        listOf(AddedWithDefaults.class),
                        List.of(new AddedWithDefaults("i", 1, "EUR", -7, FormerSamples.Grade.BAD, List.of()))),
                reads(
                        "a field added, the constructor says what it is",
                        "items",
                        listOf(AddedByConstructor.class),
                        List.of(new AddedByConstructor("i", 1, List.of()))),
                reads(
                        "a field added to a class that initializes it",
                        "items",
                        listOf(AddedToClass.class),
                        List.of(withInitializer)),
                reads("a field removed", "items", listOf(Removed.class), List.of(new Removed("i"))),
                reads("a number widened", "items", listOf(Widened.class), List.of(new Widened("i", 1))),
                reads("a number boxed", "items", listOf(WidenedToBox.class), List.of(new WidenedToBox("i", 1L))),
                reads(
                        "a number widened far",
                        "items",
                        listOf(WidenedFar.class),
                        List.of(new WidenedFar("i", new BigDecimal(1)))),
                refuses("a number narrowed", "items", listOf(Narrowed.class), "count"),
                reads("a field renamed, with an alias", "items", listOf(Renamed.class), List.of(new Renamed("i", 1))),
                refuses(
                        "a field renamed without a word",
                        "items",
                        listOf(RenamedSilently.class),
                        "'count' is gone and 'amount'"),
                reads(
                        "one removed, another added, and said so",
                        "items",
                        listOf(NotRenamed.class),
                        List.of(new NotRenamed("i", 0))),
                refuses("a field of another type", "items", listOf(Retyped.class), "count"),
                reads(
                        "a field made optional",
                        "items",
                        listOf(Wrapped.class),
                        List.of(new Wrapped(Optional.of("i"), 1))),
                reads(
                        "a list that became a collection of its own kind",
                        "items",
                        new Declared<ArrayList<FormerSamples.Item>>() {}.type,
                        new ArrayList<>(List.of(new FormerSamples.Item("i", 1)))),
                refuses("a list that became a set", "items", new Declared<Set<FormerSamples.Item>>() {}.type, "list"),
                reads("values of a map widened", "counts", new Declared<Map<String, Long>>() {}.type, wider),
                refuses("keys of a map of another type", "counts", new Declared<Map<UUID, Integer>>() {}.type, "key"),
                reads("a state widened", "integer", Long.class, 42L),
                reads("a state widened far", "integer", BigInteger.class, BigInteger.valueOf(42)),
                reads("a state widened to a fraction", "integer", Double.class, 42.0),
                refuses("a state narrowed", "long", Integer.class, "long"),
                refuses("a state of another type", "string", Long.class, "string"),
                reads("constants added and moved", "enum", MoreGrades.class, MoreGrades.BAD),
                refuses("a constant removed", "enum", FewerGrades.class, "constants [BAD]"),
                reads("a constant renamed, with an alias", "enum", RenamedGrades.class, RenamedGrades.POOR),
                new Row(
                        "migrated from a record",
                        "item",
                        Total.class,
                        new Total(100),
                        List.of(Migration.of(FromItem.class))),
                new Row(
                        "migrated from a number",
                        "long",
                        Total.class,
                        new Total(42),
                        List.of(Migration.of(FromLong.class))),
                new Row(
                        "migrated from a text",
                        "string",
                        Total.class,
                        new Total(6 - 0),
                        List.of(Migration.of(FromText.class))),
                refuses("a type that needs a migration", "long", Total.class, "long"));
    }

    @TestFactory
    Stream<DynamicTest> shouldReadOrRefuseWhatTheFormerReleaseStored() {
        Map<String, FormerValuesTest.Stored> former = FormerValuesTest.read();
        return rows().stream()
                .filter(row -> former.containsKey(row.sample()))
                .filter(row -> !row.what().contains("its own kind") && !isDifferentInFormer(row))
                .map(row -> DynamicTest.dynamicTest(
                        row.what(),
                        () -> check(
                                row,
                                former.get(row.sample()).format(),
                                former.get(row.sample()).bytes())));
    }

    /** Keys of maps and kinds of containers were no part of the former schemas; those that cannot be told apart there are read as ever. */
    private static boolean isDifferentInFormer(Row row) {
        return List.of("a list that became a set", "keys of a map of another type")
                .contains(row.what());
    }

    @TestFactory
    Stream<DynamicTest> shouldReadOrRefuseWhatThisReleaseStores() {
        Map<String, FormerSamples.Sample> samples = new LinkedHashMap<>();
        FormerSamples.all().forEach(sample -> samples.put(sample.name(), sample));
        samples.put("item", new FormerSamples.Sample("item", FormerSamples.Item.class, new FormerSamples.Item("i", 1)));
        return rows().stream()
                .map(row -> DynamicTest.dynamicTest(row.what(), () -> {
                    FormerSamples.Sample sample = samples.get(row.sample());
                    VersionedCodec<Object> codec = ObjectCodec.of(sample.type());
                    StoredFormat format = codec.formatAfter(null);
                    check(row, format, codec.boundTo(format).encode(sample.value()));
                }));
    }

    private static void check(Row row, StoredFormat format, byte[] bytes) {
        VersionedCodec<Object> now = ObjectCodec.of(row.type(), row.migrations());
        List<String> misfits = now.fit(format).misfits();
        if (row.expected() instanceof Refusal refusal) {
            assertThat(misfits).anyMatch(misfit -> misfit.contains(refusal.says()));
            return;
        }
        assertThat(misfits).isEmpty();
        StateCodec<Object> bound = now.boundTo(now.formatAfter(format));
        Object read = bound.decode(bytes);
        assertThat(Contents.same(row.expected(), read))
                .as("%s, expected %s", read, row.expected())
                .isTrue();
        assertThat(Contents.same(read, bound.decode(bound.encode(read))))
                .as("written beside what was there")
                .isTrue();
    }

    /** Said at start, not at the first old value. */
    @Test
    void shouldRefuseAConstructorThatTakesNoOldValue() {
        ObjectCodec<Object> now = ObjectCodec.of(AddedAndDemanding.class);

        assertThat(now.fit(ObjectCodec.of(FormerSamples.Item.class).format()).misfits())
                .singleElement()
                .asString()
                .contains("NullPointerException")
                .contains("@StateDefault");
    }

    // ---- alternatives

    sealed interface Before {}

    @StateName("moved")
    record BeforeMoved(int by) implements Before {}

    @StateName("stopped")
    record BeforeStopped() implements Before {}

    sealed interface Grown {}

    @StateName("moved")
    record GrownMoved(int by, @Nullable String why) implements Grown {}

    @StateName("halted")
    @StateAlias("stopped")
    record Halted() implements Grown {}

    @StateName("jumped")
    record Jumped(int over) implements Grown {}

    sealed interface Shrunk {}

    @StateName("moved")
    record ShrunkMoved(int by) implements Shrunk {}

    @Test
    void shouldFollowAlternativesByName() {
        ObjectCodec<Before> before = ObjectCodec.of(Before.class);
        ObjectCodec<Grown> grown = ObjectCodec.of(Grown.class);
        StateCodec<Grown> bound = grown.boundTo(grown.formatAfter(before.format()));

        assertThat(bound.decode(before.encode(new BeforeMoved(3)))).isEqualTo(new GrownMoved(3, null));
        assertThat(bound.decode(before.encode(new BeforeStopped()))).isEqualTo(new Halted());
        assertThat(bound.decode(bound.encode(new Jumped(1)))).isEqualTo(new Jumped(1));
        assertThat(ObjectCodec.of(Shrunk.class).fit(before.format()).misfits())
                .singleElement()
                .asString()
                .contains("alternative 'stopped'")
                .contains("@StateAlias");
    }

    // ---- keys

    record Key1(String code, int size) {}

    record Key2(String code) {}

    record Key3(String code, int size, @Nullable String colour) {}

    @Test
    void shouldRefuseWhatCouldMakeKeysEqual() {
        StoredFormat map =
                ObjectCodec.of(new Declared<Map<Key1, Long>>() {}.type).format();
        StoredFormat set = ObjectCodec.of(new Declared<Set<Key1>>() {}.type).format();

        assertThat(ObjectCodec.of(new Declared<Map<Key2, Long>>() {}.type)
                        .fit(map)
                        .misfits())
                .anyMatch(misfit ->
                        misfit.contains("'size' is gone, so keys or elements that differed may become equal"));
        assertThat(ObjectCodec.of(new Declared<LinkedHashSet<Key2>>() {}.type)
                        .fit(set)
                        .misfits())
                .anyMatch(misfit -> misfit.contains("may become equal"));
        assertThat(ObjectCodec.of(new Declared<Map<Key3, Long>>() {}.type)
                        .fit(map)
                        .misfits())
                .isEmpty();
    }

    /** Every version has to fit all before it: a value may be as old as its state. */
    @Test
    void shouldJudgeEveryVersionThereWas() {
        StoredFormat first = ObjectCodec.of(FormerSamples.Item.class).format();
        StoredFormat second = ((VersionedCodec<?>) ObjectCodec.of(Removed.class)).formatAfter(first);

        assertThat(ObjectCodec.of(Retyped.class).fit(second).misfits())
                .as("the present version has no 'count', the one before it has another")
                .anyMatch(misfit -> misfit.contains("count"));
    }
}
