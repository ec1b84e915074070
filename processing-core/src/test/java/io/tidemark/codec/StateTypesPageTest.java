package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.StateName;
import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The universe of state types as tables: each row is proven here, and docs/state-types.md is printed from them. */
class StateTypesPageTest {

    private static final String BEGIN = "<!-- printed by StateTypesPageTest -->";
    private static final String END = "<!-- end -->";

    // ---- types as people write them

    enum Grade {
        GOOD,
        BAD {
            @Override
            boolean passes() {
                return false;
            }
        };

        boolean passes() {
            return true;
        }
    }

    record Sku(String code) implements Comparable<Sku> {
        @Override
        public int compareTo(Sku other) {
            return code.compareTo(other.code);
        }
    }

    record Basket(Map<Sku, Integer> items, Set<List<String>> tags, Map<List<Integer>, Map<Grade, Sku[]>> odd) {}

    sealed interface Event permits Opened, Moved, Closed, Marker {}

    record Opened(String id, Instant at) implements Event {}

    record Moved(double x, double y) implements Event {}

    static final class Closed implements Event {
        private final int reason;

        Closed(int reason) {
            this.reason = reason;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Closed that && reason == that.reason;
        }

        @Override
        public int hashCode() {
            return reason;
        }
    }

    enum Marker implements Event {
        FIRST,
        LAST
    }

    record Journal(List<Event> events, Map<Event, Long> counts) {}

    sealed interface Result<T> {}

    record Success<T>(T value) implements Result<T> {}

    @StateName("failed")
    record Failure<T>(String reason) implements Result<T> {}

    record Pair<A, B>(A first, B second) {}

    abstract static class Entity<K> {
        private K id;

        protected Entity(K id) {
            this.id = id;
        }
    }

    /** As JPA has them: no arguments, private fields, accessors of any name. */
    static class Account extends Entity<UUID> {
        private int n;
        private boolean isOpen;
        private BigDecimal balance = BigDecimal.ZERO;
        private final List<String> tags = new ArrayList<>();
        private transient Object cache = "left out";

        Account() {
            super(new UUID(1, 2));
        }

        int n() {
            return n;
        }
    }

    /** As Lombok's {@code @Value} makes them: final fields, one constructor that takes all. */
    static final class Money {
        private final BigDecimal amount;
        private final Currency currency;

        Money(BigDecimal amount, Currency currency) {
            this.amount = Objects.requireNonNull(amount);
            this.currency = Objects.requireNonNull(currency);
        }
    }

    /** Kotlin's {@code data object}. */
    static final class Nobody {
        static final Nobody INSTANCE = new Nobody();

        private Nobody() {}
    }

    record Copying(Set<String> ids, Map<String, Integer> counts, List<Integer> order) {
        Copying {
            ids = Set.copyOf(ids);
            counts = Map.copyOf(counts);
            order = List.copyOf(order);
        }
    }

    record Tree(String name, @Nullable Tree parent, List<Tree> children) {}

    // ---- rows

    private record Row(String declared, Type type, String kept) {}

    private static Row row(String declared, FormerSamples.Declared<?> type, String kept) {
        return new Row(declared, type.type, kept);
    }

    private static Row row(Class<?> type, String kept) {
        return new Row(type.getSimpleName(), type, kept);
    }

    private static List<Row> scalars() {
        return List.of(
                row(String.class, "any Unicode text; half a surrogate pair fails the record"),
                row(Byte.class, "exact"),
                row(Short.class, "exact"),
                row(Integer.class, "exact"),
                row(Long.class, "exact"),
                row(Character.class, "exact"),
                row(Float.class, "the bits as they are, NaN and -0.0 included"),
                row(Double.class, "the same; alone as a state one NaN stands for all"),
                row(Boolean.class, "exact"),
                row(byte[].class, "exact"),
                row(int[].class, "and arrays of all primitives"),
                row(double[].class, "exact"),
                row(boolean[].class, "exact"),
                row(char[].class, "exact"),
                row(String[].class, "and arrays of any type below, nulls included"),
                row(long[][].class, "and arrays of arrays"),
                row(BigDecimal.class, "with its scale"),
                row(BigInteger.class, "exact"),
                row(UUID.class, "exact"),
                row(URI.class, "exact"),
                row(Locale.class, "exact"),
                row(Currency.class, "exact"),
                row(BitSet.class, "exact"));
    }

    private static List<Row> times() {
        return List.of(
                row(Instant.class, "nanoseconds"),
                row(Duration.class, "nanoseconds"),
                row(LocalDate.class, "exact"),
                row(LocalTime.class, "nanoseconds"),
                row(LocalDateTime.class, "nanoseconds"),
                row(OffsetDateTime.class, "with its offset"),
                row(OffsetTime.class, "with its offset"),
                row(ZonedDateTime.class, "with zone and offset; should the rules of a zone change, the instant stands"),
                row(ZoneId.class, "exact"),
                row(ZoneOffset.class, "exact"),
                row(Period.class, "exact"),
                row(Year.class, "exact"),
                row(YearMonth.class, "exact"),
                row(MonthDay.class, "exact"),
                row(DayOfWeek.class, "exact"),
                row(Month.class, "exact"));
    }

    private static List<Row> containers() {
        return List.of(
                row("List<T>", new FormerSamples.Declared<List<String>>() {}, "read as an `ArrayList`"),
                row("ArrayList<T>", new FormerSamples.Declared<ArrayList<Integer>>() {}, ""),
                row("LinkedList<T>", new FormerSamples.Declared<LinkedList<Integer>>() {}, ""),
                row("CopyOnWriteArrayList<T>", new FormerSamples.Declared<CopyOnWriteArrayList<Integer>>() {}, ""),
                row(
                        "Set<T>",
                        new FormerSamples.Declared<Set<Sku>>() {},
                        "the order of iteration; read as a `LinkedHashSet`, a sorted one as a `TreeSet`"),
                row("HashSet<T>", new FormerSamples.Declared<HashSet<String>>() {}, "read as a `LinkedHashSet`"),
                row("LinkedHashSet<T>", new FormerSamples.Declared<LinkedHashSet<String>>() {}, ""),
                row(
                        "SortedSet<T>, NavigableSet<T>",
                        new FormerSamples.Declared<SortedSet<Sku>>() {},
                        "natural order only; read as a `TreeSet`"),
                row("TreeSet<T>", new FormerSamples.Declared<TreeSet<Long>>() {}, "natural order only"),
                row(
                        "ConcurrentSkipListSet<T>",
                        new FormerSamples.Declared<ConcurrentSkipListSet<Long>>() {},
                        "natural order only"),
                row("CopyOnWriteArraySet<T>", new FormerSamples.Declared<CopyOnWriteArraySet<Long>>() {}, ""),
                row("EnumSet<E>", new FormerSamples.Declared<EnumSet<Grade>>() {}, ""),
                row(
                        "Collection<T>",
                        new FormerSamples.Declared<Collection<String>>() {},
                        "whether it is a list, a set, a sorted set, an `ArrayDeque` or a `PriorityQueue`"),
                row("Queue<T>", new FormerSamples.Declared<Queue<String>>() {}, "the same, of queues"),
                row("Deque<T>", new FormerSamples.Declared<Deque<String>>() {}, ""),
                row("ArrayDeque<T>", new FormerSamples.Declared<ArrayDeque<String>>() {}, ""),
                row("PriorityQueue<T>", new FormerSamples.Declared<PriorityQueue<Long>>() {}, "natural order only"),
                row(
                        "Map<K, V>",
                        new FormerSamples.Declared<Map<Sku, Integer>>() {},
                        "keys of any type; the order of iteration; read as a `LinkedHashMap`, a sorted one as a `TreeMap`"),
                row(
                        "HashMap<K, V>",
                        new FormerSamples.Declared<HashMap<LocalDate, Long>>() {},
                        "read as a `LinkedHashMap`"),
                row("LinkedHashMap<K, V>", new FormerSamples.Declared<LinkedHashMap<List<Integer>, Sku>>() {}, ""),
                row(
                        "SortedMap<K, V>, NavigableMap<K, V>",
                        new FormerSamples.Declared<SortedMap<Sku, List<String>>>() {},
                        "natural order only; read as a `TreeMap`"),
                row("TreeMap<K, V>", new FormerSamples.Declared<TreeMap<String, Long>>() {}, "natural order only"),
                row("EnumMap<K, V>", new FormerSamples.Declared<EnumMap<Grade, Long>>() {}, ""),
                row(
                        "ConcurrentMap<K, V>",
                        new FormerSamples.Declared<ConcurrentMap<String, Long>>() {},
                        "in no order, as ever"),
                row(
                        "ConcurrentHashMap<K, V>",
                        new FormerSamples.Declared<ConcurrentHashMap<String, Long>>() {},
                        "in no order, as ever"),
                row(
                        "ConcurrentSkipListMap<K, V>",
                        new FormerSamples.Declared<ConcurrentSkipListMap<String, Long>>() {},
                        "natural order only"),
                row("Optional<T>", new FormerSamples.Declared<Optional<Sku>>() {}, "empty and null are different"),
                row(OptionalInt.class, ""),
                row(OptionalLong.class, ""),
                row(OptionalDouble.class, ""));
    }

    private static List<Row> own() {
        return List.of(
                new Row("an enum", Grade.class, "constants by name"),
                new Row("a record", Sku.class, "components by name"),
                new Row("a record with maps and sets of anything", Basket.class, ""),
                new Row("a record that copies in its constructor", Copying.class, ""),
                new Row("a record that contains itself", Tree.class, "500 levels at most"),
                row("a generic record, `Pair<Sku, Grade>`", new FormerSamples.Declared<Pair<Sku, Grade>>() {}, ""),
                new Row(
                        "a sealed interface or class",
                        Event.class,
                        "its alternatives by simple name, or by `@StateName`; records, final classes, enums, sealed types"),
                new Row("a record of these", Journal.class, ""),
                row("a generic sealed type, `Result<Sku>`", new FormerSamples.Declared<Result<Sku>>() {}, ""),
                new Row(
                        "a class with a constructor without arguments",
                        Account.class,
                        "its fields, whatever its accessors are called; `transient` ones are left out"),
                new Row(
                        "a class with a constructor that takes its fields",
                        Money.class,
                        "by parameter names (`-parameters`), or in the order of the fields: Lombok's `@Value`, Kotlin's data classes"),
                new Row("a class with one object, `INSTANCE`", Nobody.class, "Kotlin's `object`"));
    }

    @Test
    void shouldKeepEveryTypeOfTheUniverse() {
        List<Row> rows = new ArrayList<>();
        List.of(scalars(), times(), containers(), own()).forEach(rows::addAll);
        rows.add(row("", new FormerSamples.Declared<NavigableSet<Long>>() {}, ""));
        rows.add(row("", new FormerSamples.Declared<NavigableMap<Long, Long>>() {}, ""));
        for (Row row : rows) {
            ObjectCodec<Object> codec = ObjectCodec.of(row.type());

            assertThat(codec.samples()).as("samples of %s", row.type()).isNotEmpty();
            assertThat(SelfTest.problemsOf(codec)).as("%s", row.type()).isEmpty();
        }
    }

    /** The same values inside others, where they may be null. */
    @Test
    void shouldKeepEveryTypeInsideOthers() {
        List<Row> rows = new ArrayList<>();
        List.of(scalars(), times(), containers(), own()).forEach(rows::addAll);
        for (Row row : rows) {
            for (Type type : List.<Type>of(
                    new TypeVariables.Generic(List.class, List.of(row.type())),
                    new TypeVariables.Generic(Map.class, List.of(String.class, row.type())),
                    new TypeVariables.Generic(Optional.class, List.of(row.type())),
                    new TypeVariables.Generic(Pair.class, List.of(row.type(), row.type())))) {
                assertThat(SelfTest.problemsOf(ObjectCodec.of(type)))
                        .as("%s", type)
                        .isEmpty();
            }
        }
    }

    // ---- what is refused

    private record Refused(String declared, Type type, String says) {}

    interface Open {}

    abstract static class AbstractOpen {}

    sealed interface Leaky permits NotSealed {}

    non-sealed interface NotSealed extends Leaky {}

    class Inner {}

    static class NoWayBack {
        private final int n;

        NoWayBack(String text) {
            this.n = text.length();
        }
    }

    record OfOpen(List<Open> all) {}

    record OfRaw(@SuppressWarnings("rawtypes") List all) {}

    record OfWildcard(List<? extends Number> all) {}

    record OfObjects(Map<String, Object> attributes) {}

    record DeepDown(Map<OfDate, Integer> items) {}

    record OfDate(Date when) {}

    record NotComparable(int n) {}

    private static List<Refused> refused() {
        return List.of(
                new Refused("Object", Object.class, "a sealed interface of what it may be"),
                new Refused("an interface that is not sealed", Open.class, "make it sealed"),
                new Refused("an abstract class that is not sealed", AbstractOpen.class, "make it sealed"),
                new Refused("a sealed type with a non-sealed alternative", Leaky.class, "make it final or sealed"),
                new Refused("`List` without type arguments", OfRaw.class, "write them"),
                new Refused("a wildcard", OfWildcard.class, "write the type itself"),
                new Refused("`Map<String, Object>`", OfObjects.class, "a sealed interface of what it may be"),
                new Refused("an inner class", Inner.class, "make it static"),
                new Refused("a class that nobody can make again", NoWayBack.class, "Make it a record"),
                new Refused(
                        "a sorted container of what has no natural order",
                        new TypeVariables.Generic(TreeSet.class, List.of(NotComparable.class)),
                        "let it implement Comparable"),
                new Refused("Date", Date.class, "use Instant"),
                new Refused("java.sql.Timestamp", java.sql.Timestamp.class, "use Instant"),
                new Refused("java.sql.Date", java.sql.Date.class, "use LocalDate"),
                new Refused("Calendar", Calendar.class, "use ZonedDateTime"),
                new Refused("Number", Number.class, "use a concrete number"),
                new Refused("CharSequence, StringBuilder", StringBuilder.class, "use String"),
                new Refused("AtomicLong", AtomicLong.class, "use long"),
                new Refused("AtomicInteger", AtomicInteger.class, "use int"),
                new Refused("java.net.URL", java.net.URL.class, "use URI"),
                new Refused("Path, File, InetAddress", Path.class, "use its text as String"),
                new Refused("Class", Class.class, "use its name as String"),
                new Refused("Throwable", IllegalStateException.class, "use a record"),
                new Refused(
                        "Iterable",
                        new TypeVariables.Generic(Iterable.class, List.of(String.class)),
                        "use List, Set or Collection"),
                new Refused("Properties", Properties.class, "declare it as Map"),
                new Refused(
                        "Hashtable",
                        new TypeVariables.Generic(Hashtable.class, List.of(String.class, String.class)),
                        "declare it as Map"),
                new Refused(
                        "IdentityHashMap, WeakHashMap",
                        new TypeVariables.Generic(IdentityHashMap.class, List.of(String.class, String.class)),
                        "declare it as Map"),
                new Refused(
                        "a function",
                        new TypeVariables.Generic(Function.class, List.of(String.class, String.class)),
                        "use data"));
    }

    @Test
    void shouldRefuseEverythingElseAndSayWhatToDo() {
        for (Refused each : refused()) {
            assertThatThrownBy(() -> ObjectCodec.of(each.type()))
                    .as(each.declared())
                    .isInstanceOf(UnstorableType.class)
                    .hasMessageContaining(each.says());
        }
    }

    @Test
    void shouldSayWhere() {
        assertThatThrownBy(() -> ObjectCodec.of(DeepDown.class))
                .hasMessageContaining("DeepDown.items key OfDate.when is Date");
        assertThatThrownBy(() -> ObjectCodec.of(OfOpen.class)).hasMessageContaining("OfOpen.all element is Open");
    }

    // ---- the page

    @Test
    void shouldMatchTheTablesInTheDocs() throws IOException {
        Path page = Path.of("..", "docs", "state-types.md");
        String fresh = tables();
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "state-types.md"), fresh);

        String text = Files.readString(page).replace("\r\n", "\n");
        assertThat(text).contains(BEGIN).contains(END);
        assertThat(text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END)))
                .as("docs/state-types.md is stale: copy processing-core/target/state-types.md between its marks")
                .isEqualTo(fresh);
    }

    private static String tables() {
        StringBuilder page = new StringBuilder("\n");
        page.append("\n### Values\n\n").append(table(scalars()));
        page.append("\n### Time\n\n").append(table(times()));
        page.append("\n### Containers\n\n").append(table(containers()));
        page.append("\n### Your own\n\n").append(table(own()));
        page.append("\n### Refused at start\n\n| declared | what the refusal says |\n|---|---|\n");
        refused().forEach(each -> page.append("| " + code(each.declared()) + " | " + each.says() + " |\n"));
        return page.append("\n").toString();
    }

    private static String table(List<Row> rows) {
        StringBuilder table = new StringBuilder("| type | what is kept |\n|---|---|\n");
        rows.forEach(row -> table.append(
                "| " + code(row.declared()) + " | " + (row.kept().isEmpty() ? "exact" : row.kept()) + " |\n"));
        return table.toString();
    }

    private static String code(String declared) {
        return declared.startsWith("a ") || declared.startsWith("an ") || declared.contains("`")
                ? declared
                : "`" + declared + "`";
    }
}
