package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.CodecFit;
import io.tidemark.api.StateAlias;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDefault;
import io.tidemark.api.StateMigration;
import io.tidemark.api.StateName;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.UnstorableValue;
import io.tidemark.api.VersionedCodec;
import io.tidemark.codec.FormerSamples.Declared;
import io.tidemark.state.RoundTrip;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Types, values and changes that somebody came up with to make state come back as something else. Each once did. */
class HostileTypesTest {

    private static CodecFit fit(Type before, Type now) {
        return ObjectCodec.of(now).fit(ObjectCodec.of(before).formatAfter(null));
    }

    private static StateCodec<Object> bound(Type before, Type now, List<Migration> migrations) {
        VersionedCodec<Object> codec = ObjectCodec.of(now, migrations);
        StoredFormat stored = ObjectCodec.of(before).formatAfter(null);
        assertThat(codec.fit(stored).misfits()).isEmpty();
        return codec.boundTo(codec.formatAfter(stored));
    }

    // ---- names

    record Mistyped(@StateAlias("no") long amount) {}

    record OtherName(@StateAlias("id") long number) {}

    record ThirdName(@StateAlias("number") long no) {}

    record AllNames(@StateAlias({"number", "id"}) long no) {}

    @Test
    void shouldKnowEachVersionByOneOfTheNames() {
        assertThat(fit(Id.class, Mistyped.class).misfits())
                .singleElement()
                .asString()
                .contains("'id' is gone and 'amount' of the same type is new")
                .contains("@StateAlias({\"id\", \"no\"})");
        assertThat(fit(Id.class, OtherName.class).misfits()).isEmpty();
        assertThat(fit(OtherName.class, ThirdName.class).misfits()).isEmpty();
        assertThat(fit(Id.class, ThirdName.class).misfits())
                .as("skipping a version")
                .singleElement()
                .asString()
                .contains("@StateAlias({\"id\", \"number\"})");
        assertThat(bound(Id.class, AllNames.class, List.of())
                        .decode(ObjectCodec.of(Id.class).encode(new Id(7))))
                .isEqualTo(new AllNames(7));
    }

    // ---- objects that cannot be made

    record AtMost(int number) {
        private static volatile int most = 100;

        AtMost {
            if (number > most) {
                throw new IllegalStateException("too many: " + number);
            }
        }
    }

    static final class Wallet {
        private final String id;
        private long balance;

        Wallet(String id) {
            this.id = id;
        }

        @SuppressWarnings("unused") // it is what is refused
        private Wallet() {
            this(null);
        }

        @Override
        public String toString() {
            return id + balance;
        }
    }

    @Test
    void shouldNameTheClassThatDoesNotTakeWhatIsStored() {
        StateCodec<Object> codec = ObjectCodec.of(AtMost.class);
        byte[] stored = codec.encode(new AtMost(90));
        AtMost.most = 50;
        try {
            assertThatThrownBy(() -> codec.decode(stored))
                    .isInstanceOf(UnstorableValue.class)
                    .hasMessageContaining("AtMost does not take what is stored (java.lang.IllegalStateException)")
                    .hasMessageNotContaining("90");
        } finally {
            AtMost.most = 100;
        }
        assertThatThrownBy(() -> ObjectCodec.of(Wallet.class))
                .hasMessageContaining("'id' is final and cannot be set afterwards")
                .hasMessageContaining("each of id, balance");
    }

    // ---- defaults

    record Id(long id) {}

    record WithItems(long id, @StateDefault("") List<String> items) {}

    @Test
    void shouldGiveEachObjectADefaultOfItsOwn() {
        StateCodec<Object> codec = bound(Id.class, WithItems.class, List.of());
        byte[] stored = ObjectCodec.of(Id.class).encode(new Id(1));
        ((WithItems) codec.decode(stored)).items().add("of another key");

        assertThat(codec.decode(stored)).isEqualTo(new WithItems(1, List.of()));
    }

    record WrongDefault(@StateDefault("abc") int n) {}

    @Test
    void shouldLookAtDefaultsAtStart() {
        assertThatThrownBy(() -> ObjectCodec.of(WrongDefault.class)).hasMessageContaining("@StateDefault(\"abc\")");
    }

    // ---- migrations

    record Names(String first, String last) {}

    record Name(String whole) {}

    record Person(@Nullable Name name) {}

    record Half(String first) {}

    static class FromHalf implements StateMigration<Half, Person> {
        @Override
        public Person migrate(Half earlier) {
            return new Person(new Name(earlier.first()));
        }
    }

    static class FromNames implements StateMigration<Names, Person> {
        @Override
        public Person migrate(Names earlier) {
            return new Person(new Name(earlier.first() + " " + earlier.last()));
        }
    }

    @Test
    void shouldMigrateRatherThanLeaveOut() {
        StateCodec<Object> codec =
                bound(Names.class, Person.class, List.of(Migration.of(FromHalf.class), Migration.of(FromNames.class)));

        assertThat(codec.decode(ObjectCodec.of(Names.class).encode(new Names("Ada", "Lovelace"))))
                .isEqualTo(new Person(new Name("Ada Lovelace")));
    }

    // ---- names

    record NameTwice(@StateAlias("b") int c, int b) {}

    record AliasTwice(
            @StateAlias("name") String first,
            @StateAlias("name") String last) {}

    record Two(String a, String b) {}

    record Merged(@StateAlias({"a", "b"}) String c) {}

    enum AliasedConstants {
        @StateAlias("A")
        X,
        A
    }

    sealed interface Odd {}

    @StateName("x=y|z")
    enum OddName implements Odd {
        P
    }

    @Test
    void shouldLetANameMeanOneThing() {
        assertThatThrownBy(() -> ObjectCodec.of(NameTwice.class)).hasMessageContaining("with the alias 'b'");
        assertThatThrownBy(() -> ObjectCodec.of(AliasTwice.class)).hasMessageContaining("with the alias 'name'");
        assertThatThrownBy(() -> ObjectCodec.of(AliasedConstants.class)).hasMessageContaining("has the alias 'A'");
        assertThatThrownBy(() -> StateCodecs.forMapKey(AliasedConstants.class)).hasMessageContaining("alias 'A'");
        assertThatThrownBy(() -> ObjectCodec.of(Odd.class)).hasMessageContaining("x=y|z");
        assertThat(fit(Two.class, Merged.class).misfits())
                .anyMatch(misfit -> misfit.contains("take two stored fields"));
    }

    record Address(String street, String zip) {}

    record Shorter(String street) {}

    record Home(Address home) {}

    record Moved(Shorter address) {}

    @Test
    void shouldTakeAFieldThatWasRenamedAndChangedForARename() {
        assertThat(fit(Home.class, Moved.class).misfits())
                .anyMatch(misfit -> misfit.contains("'home' is gone and 'address'"));
    }

    record Cents(long cents) {}

    record Amount(@StateAlias("cents") long amount) {}

    /** Read as it is, the older version would see zero, and write it. */
    @Test
    void shouldNotGoBackOverARename() {
        ObjectCodec<Cents> old = ObjectCodec.of(Cents.class);
        StoredFormat both = ObjectCodec.of(Amount.class).formatAfter(old.formatAfter(null));

        assertThat(old.fit(both).behind()).isTrue();
        assertThat(old.fit(both).misfits()).isNotEmpty();
    }

    // ---- enums as keys

    enum E1 {
        A,
        B
    }

    enum E2 {
        A,
        @StateAlias("B")
        X
    }

    enum E3 {
        A,
        @StateAlias("B")
        X,
        D
    }

    enum Merging {
        @StateAlias({"A", "B"})
        ONE
    }

    @Test
    @SuppressWarnings("unchecked") // each codec is its type's own
    void shouldKeepTheBytesOfARenamedKeyForEver() {
        VersionedCodec<E1> first = (VersionedCodec<E1>) StateCodecs.forMapKey(E1.class);
        VersionedCodec<E2> second = (VersionedCodec<E2>) StateCodecs.forMapKey(E2.class);
        VersionedCodec<E3> third = (VersionedCodec<E3>) StateCodecs.forMapKey(E3.class);
        StoredFormat after2 = second.formatAfter(first.formatAfter(null));
        StoredFormat after3 = third.formatAfter(after2);

        assertThat(second.boundTo(after2).encode(E2.X)).isEqualTo(first.encode(E1.B));
        assertThat(third.boundTo(after3).encode(E3.X)).isEqualTo(first.encode(E1.B));
        assertThat(third.boundTo(after3).decode(first.encode(E1.B))).isEqualTo(E3.X);
        assertThat(StateCodecs.forMapKey(Merging.class).fit(first.format()).misfits())
                .anyMatch(misfit -> misfit.contains("would be equal"));
    }

    record K1(E1 e, int n) {}

    record K2(E2 e, int n) {}

    record K3(E1More e, int n) {}

    enum E1More {
        A,
        B,
        C
    }

    @Test
    void shouldJudgeEnumsInsideKeys() {
        StoredFormat before = StateCodecs.forMapKey(K1.class).format();

        assertThat(StateCodecs.forMapKey(K2.class).fit(before).misfits()).anyMatch(misfit -> misfit.contains("K2.e"));
        assertThat(StateCodecs.forMapKey(K3.class).fit(before).misfits()).isEmpty();
    }

    // ---- classes that are not their fields

    static class WritesItself implements Serializable {
        private static final long serialVersionUID = 1;
        private transient List<String> content = new ArrayList<>();

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeObject(content.toArray());
        }
    }

    public static class External implements Externalizable {
        private static final long serialVersionUID = 1;
        private int n;

        @Override
        public void writeExternal(ObjectOutput out) {}

        @Override
        public void readExternal(ObjectInput in) {}
    }

    static final class Constant {
        static final Constant OPEN = new Constant("open");
        private final String name;

        private Constant(String name) {
            this.name = name;
        }
    }

    @Test
    void shouldRefuseClassesThatAreNotTheirFields() {
        assertThatThrownBy(() -> ObjectCodec.of(WritesItself.class)).hasMessageContaining("writes itself");
        assertThatThrownBy(() -> ObjectCodec.of(External.class)).hasMessageContaining("writes itself");
        assertThatThrownBy(() -> ObjectCodec.of(Constant.class)).hasMessageContaining("make it an enum");
    }

    // ---- values of other classes

    static class Money extends BigDecimal {
        private static final long serialVersionUID = 1;

        Money(String text) {
            super(text);
        }
    }

    record Account(BigDecimal balance) {}

    record Places(URI uri, Locale locale) {}

    @Test
    void shouldRefuseValuesThatAreMoreThanTheirType() {
        assertThatThrownBy(() -> ObjectCodec.of(Account.class).encode(new Account(new Money("1"))))
                .isInstanceOf(UnstorableValue.class);
        URI relative = URI.create("http://x/a/").relativize(URI.create("http://x/a/b:c"));
        assertThatThrownBy(() -> ObjectCodec.of(Places.class).encode(new Places(relative, Locale.ROOT)))
                .isInstanceOf(UnstorableValue.class);
        assertThatThrownBy(() -> ObjectCodec.of(Places.class).encode(new Places(URI.create(""), new Locale("a\0"))))
                .isInstanceOf(UnstorableValue.class);
    }

    record Sets(Set<String> names) {}

    static class Changing {
        private int n;

        @Override
        public boolean equals(Object other) {
            return other instanceof Changing that && n == that.n;
        }

        @Override
        public int hashCode() {
            return n;
        }
    }

    record OfChanging(Set<Changing> all) {}

    @Test
    void shouldRefuseSetsThatWouldComeBackSmaller() {
        Set<String> identity = Collections.newSetFromMap(new IdentityHashMap<>());
        identity.add(new String("a"));
        identity.add(new String("a"));
        Changing one = new Changing();
        Changing two = new Changing();
        two.n = 2;
        Set<Changing> changed = new HashSet<>(List.of(one, two));
        two.n = 0;

        assertThatThrownBy(() -> ObjectCodec.of(Sets.class).encode(new Sets(identity)))
                .isInstanceOf(UnstorableValue.class);
        assertThatThrownBy(() -> ObjectCodec.of(OfChanging.class).encode(new OfChanging(changed)))
                .isInstanceOf(UnstorableValue.class)
                .hasMessageContaining("changed after they went in");
    }

    record Job(int priority, String name) implements Comparable<Job> {
        @Override
        public int compareTo(Job other) {
            return Integer.compare(priority, other.priority);
        }
    }

    @Test
    void shouldKeepTheOrderInWhichTiesArePolled() {
        ObjectCodec<PriorityQueue<Job>> codec = ObjectCodec.of(new Declared<PriorityQueue<Job>>() {}.type);
        PriorityQueue<Job> jobs = new PriorityQueue<>();
        for (int i = 0; i < 50; i++) {
            jobs.add(new Job(i % 3, "job" + i));
        }
        jobs.poll();
        PriorityQueue<Job> read = codec.decode(codec.encode(jobs));

        while (!jobs.isEmpty()) {
            assertThat(read.poll()).isEqualTo(jobs.poll());
        }
    }

    @Test
    void shouldTakeAnyCollectionWhereOneIsDeclared() {
        ObjectCodec<Collection<String>> codec = ObjectCodec.of(new Declared<Collection<String>>() {}.type);

        assertThat(codec.decode(codec.encode(Map.of("k", "v").values()))).containsExactly("v");
        assertThat(RoundTrip.problemWith(codec, new HashMap<>(Map.of("k", "v")).values()))
                .isNull();
        Queue<String> queue = new ConcurrentLinkedQueue<>(List.of("a", "b"));
        assertThat(codec.decode(codec.encode(queue))).containsExactly("a", "b");
    }

    // ---- constructors

    static final class Base1 {
        private final int from;
        private final int to;

        Base1(int from, int to) {
            if (from < 1_000) {
                throw new IllegalArgumentException();
            }
            this.from = from;
            this.to = to;
        }
    }

    abstract static class Entity<T> {
        private final T id;

        Entity(T id) {
            this.id = id;
        }
    }

    static final class Customer extends Entity<Long> {
        private final String name;

        Customer(Long id, String name) {
            super(id);
            this.name = name;
        }
    }

    static final class Widely {
        private final List<String> items;

        Widely(Collection<String> items) {
            this.items = List.copyOf(items);
        }
    }

    static class ForJpaOnly {
        private String name;

        ForJpaOnly() {
            throw new IllegalStateException("for JPA");
        }

        ForJpaOnly(String name) {
            this.name = name;
        }
    }

    @Test
    void shouldFindTheConstructorThatTakesTheFields() {
        for (Object value :
                List.of(new Customer(5L, "n"), new Widely(List.of("a")), new ForJpaOnly("x"), new Base1(2_000, 3))) {
            ObjectCodec<Object> codec = ObjectCodec.of(value.getClass());

            assertThat(RoundTrip.problemWith(codec, value))
                    .as("%s", value.getClass())
                    .isNull();
        }
        assertThat(ObjectCodec.of(ForJpaOnly.class).isProven())
                .as("its field may come to be what its constructor would not take")
                .isFalse();
        assertThat(ObjectCodec.of(Widely.class).isProven()).isTrue();
    }

    static sealed class Generic<T> permits Sub {
        T content;
    }

    static final class Sub extends Generic<String> {
        int n;
    }

    @Test
    void shouldResolveAConcreteSealedClass() {
        ObjectCodec<Object> codec = ObjectCodec.of(new Declared<Generic<String>>() {}.type);

        assertThat(SelfTest.problemsOf(codec)).isEmpty();
    }

    record Ordered(UUID id) implements Comparable<Ordered> {
        @Override
        public int compareTo(Ordered other) {
            return id.compareTo(other.id);
        }
    }

    /** A sample made of nulls cannot be compared. */
    @Test
    void shouldMakeUpSortedSets() {
        ObjectCodec<TreeSet<Ordered>> codec = ObjectCodec.of(new Declared<TreeSet<Ordered>>() {}.type);

        assertThat(codec.samples()).isNotEmpty();
        assertThat(SelfTest.problemsOf(codec)).isEmpty();
    }

    // ---- changes that are accepted, and read

    record Comment(String text, List<Comment> replies) {
        Comment {
            replies = List.copyOf(replies);
        }
    }

    record Liked(
            String text,
            List<Liked> replies,
            @StateDefault("0") int likes) {
        Liked {
            replies = List.copyOf(replies);
        }
    }

    @Test
    void shouldAddAFieldToATypeThatContainsItself() {
        StateCodec<Object> codec = bound(Comment.class, Liked.class, List.of());
        Comment comment = new Comment("a", List.of(new Comment("b", List.of())));

        assertThat(codec.decode(ObjectCodec.of(Comment.class).encode(comment)))
                .isEqualTo(new Liked("a", List.of(new Liked("b", List.of(), 0)), 0));
    }

    sealed interface Old {}

    @StateName("a")
    record OldA(int n) implements Old {}

    @StateName("b")
    record OldB(String y) implements Old {}

    sealed interface New {}

    @StateName("a")
    record NewA(int n) implements New {}

    @StateName("b")
    record NewB(String y, String z) implements New {
        NewB {
            java.util.Objects.requireNonNull(z);
        }
    }

    record Deep(int v, Optional<Deep> next) {}

    record Doc(String id, Deep tree) {}

    record Short(String id) {}

    record Plain(List<Long> numbers) {}

    record Wrapped(List<Optional<Long>> numbers) {}

    record NodeAB(int a, int b, Set<NodeAB> kids) {}

    record NodeA(int a, Set<NodeA> kids) {}

    @Test
    void shouldRefuseAtStartWhatWouldFailAtAValue() {
        assertThat(fit(Old.class, New.class).misfits()).anyMatch(misfit -> misfit.contains("NullPointerException"));
        assertThat(fit(new Declared<Optional<Long>>() {}.type, Long.class).misfits())
                .isNotEmpty();
        assertThat(fit(new Declared<Map<String, Long>>() {}.type, new Declared<ConcurrentMap<String, Long>>() {}.type)
                        .misfits())
                .isNotEmpty();
        assertThat(fit(new Declared<java.util.Deque<Long>>() {}.type, new Declared<ArrayDeque<Long>>() {}.type)
                        .misfits())
                .isNotEmpty();
        assertThat(fit(NodeAB.class, NodeA.class).misfits()).anyMatch(misfit -> misfit.contains("may become equal"));
        assertThat(fit(
                                new Declared<ConcurrentHashMap<String, Long>>() {}.type,
                                new Declared<Map<String, Long>>() {}.type)
                        .misfits())
                .as("the other way nothing is in the way")
                .isEmpty();
    }

    @Test
    void shouldReadOverWhatIsDeep() {
        Deep deep = new Deep(0, Optional.empty());
        for (int i = 0; i < 400; i++) {
            deep = new Deep(i, Optional.of(deep));
        }
        StateCodec<Object> codec = bound(Doc.class, Short.class, List.of());

        assertThat(codec.decode(ObjectCodec.of(Doc.class).encode(new Doc("d", deep))))
                .isEqualTo(new Short("d"));
    }

    @Test
    void shouldReadNullElementsAsEmptyOptionals() {
        StateCodec<Object> codec = bound(Plain.class, Wrapped.class, List.of());

        assertThat(codec.decode(ObjectCodec.of(Plain.class).encode(new Plain(Arrays.asList(1L, null)))))
                .isEqualTo(new Wrapped(List.of(Optional.of(1L), Optional.empty())));
    }

    record NoOrderNow(String code) {}

    record Code(String code) implements Comparable<Code> {
        @Override
        public int compareTo(Code other) {
            return code.compareTo(other.code);
        }
    }

    @Test
    void shouldReadSortedSetsOfWhatHasLostItsOrder() {
        StateCodec<Object> codec =
                bound(new Declared<Set<Code>>() {}.type, new Declared<Set<NoOrderNow>>() {}.type, List.of());
        Set<Code> codes = new TreeSet<>(List.of(new Code("b"), new Code("a")));

        assertThat((Set<?>) codec.decode(
                        ObjectCodec.of(new Declared<Set<Code>>() {}.type).encode(codes)))
                .hasToString("[NoOrderNow[code=a], NoOrderNow[code=b]]");
    }

    @Test
    void shouldRecogniseACompactFormatThatWasBeforeThePresentOne() {
        ObjectCodec<Integer> old = ObjectCodec.of(Integer.class);
        StoredFormat both = ObjectCodec.of(Long.class).formatAfter(old.formatAfter(null));

        assertThat(old.fit(both).behind()).isTrue();
    }

    // ---- sizes

    record Nested(Map<String, Map<String, Map<String, List<String>>>> all) {}

    record Arrays2(Arrays2[] more) {}

    @Test
    void shouldAllocateNoMoreThanValuesTake() {
        ObjectCodec<Nested> nested = ObjectCodec.of(Nested.class);
        ObjectCodec<Arrays2> arrays = ObjectCodec.of(Arrays2.class);
        ValueOutput hostile = new ValueOutput(64);
        hostile.write(0);
        for (int i = 0; i < 490; i++) {
            ContainerHead.write(hostile, 100_000, ContainerHead.LIST, false);
            hostile.write(0);
        }
        hostile.write(new byte[100_000]);
        nested.encode(new Nested(Map.of()));
        long before = allocated();
        nested.encode(new Nested(Map.of()));
        long small = allocated() - before;
        before = allocated();
        assertThatThrownBy(() -> arrays.decode(hostile.toBytes())).isInstanceOf(RuntimeException.class);

        assertThat(small).as("for two bytes").isLessThan(4_096);
        assertThat(allocated() - before).as("for 100 kB").isLessThan(8L << 20);
    }

    @Test
    void shouldCompareLargeSetsQuickly() {
        Set<Integer> many = new HashSet<>();
        for (int i = 0; i < 300_000; i++) {
            many.add(i * 31);
        }
        ObjectCodec<Set<Integer>> codec = ObjectCodec.of(new Declared<Set<Integer>>() {}.type);
        long start = System.nanoTime();

        assertThat(RoundTrip.problemWith(codec, many)).isNull();
        assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(5_000_000_000L);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
