package io.tidemark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.OnNewerState;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.UnstorableValue;
import io.tidemark.api.ValueState;
import io.tidemark.codec.ObjectCodec;
import io.tidemark.codec.RawCodecs;
import io.tidemark.codec.StateCodecs;
import io.tidemark.error.IncompatibleState;
import io.tidemark.error.NewerState;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.RowKey;
import io.tidemark.state.StateChange;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StateSchemaTest {

    record V1(int count) {}

    record V2(int count, @Nullable String note) {}

    record V3(int count, @Nullable String note, @Nullable String more) {}

    record Other(String count) {}

    private static final TaskId TASK = new TaskId("p", 0);
    private final InMemoryStateStore store = new InMemoryStateStore();

    @Test
    void shouldWriteASchemaWithTheFirstValueOnly() {
        StateSchema schema = schema(Set.of(), StateDescriptor.value("total", RawCodecs.LONG));

        Reconciled first = schema.reconcile(TASK, store);

        assertThat(first.changes()).as("the inputs").hasSize(1);
        assertThat(first.onFirstWrite()).containsOnlyKeys("total");
        write(schema);
        assertThat(schema.reconcile(TASK, store)).isEqualTo(nothing());
    }

    @Test
    void shouldTellHowTheInputsDiffer() {
        assertThat(schemaOf(List.of("b", "a")).inputDifference(store).isEmpty())
                .as("nothing is known")
                .isTrue();

        apply(schemaOf(List.of("b", "a")).reconcile(TASK, store).changes());

        assertThat(schemaOf(List.of("a", "b")).inputDifference(store).isEmpty()).isTrue();
        assertThat(schemaOf(List.of("a", "b")).reconcile(TASK, store)).isEqualTo(nothing());
        assertThat(schemaOf(List.of("b")).inputDifference(store))
                .isEqualTo(new InputDifference(List.of(), List.of("a")));
        assertThat(schemaOf(List.of("c", "b")).inputDifference(store))
                .isEqualTo(new InputDifference(List.of("c"), List.of("a")));
    }

    /** Each task reads its own store by its own history, whatever order its versions came in. */
    @Test
    void shouldReadEachVersionByTheHistoryOfTheStore() {
        StateSchema first = schema(Set.of(), StateDescriptor.value("s", ObjectCodec.<V1>of(V1.class)));
        write(first);
        byte[] row = RowKey.value("s", new byte[] {1});
        apply(List.of(StateChange.put(row, codec(first).encode(new V1(7)))));
        StateSchema next = schema(Set.of(), StateDescriptor.value("s", ObjectCodec.<V2>of(V2.class)));

        StateCodec<Object> beforeItIsStored = codec(next);
        write(next);

        for (StateCodec<Object> codec : List.of(beforeItIsStored, codec(next))) {
            assertThat(codec.decode(store.get(row))).isEqualTo(new V2(7, null));
            assertThat(codec.decode(codec.encode(new V2(8, "n")))).isEqualTo(new V2(8, "n"));
            assertThat(codec.encode(new V2(8, "n"))[0]).as("version, no nulls").isEqualTo((byte) 2);
        }
        assertThat(next.reconcile(TASK, store)).isEqualTo(nothing());
        assertThat(next.fingerprint())
                .as("of what is declared, wherever it runs")
                .isEqualTo(schema(Set.of(), StateDescriptor.value("s", ObjectCodec.<V2>of(V2.class)))
                        .fingerprint());
    }

    // ---- going back

    /** The new version was deployed and taken back before it processed anything. */
    @Test
    void shouldForgetAVersionThatWroteNothing() {
        write(of(V1.class));
        apply(of(V2.class).reconcile(TASK, store).changes());

        assertThat(of(V1.class).reconcile(TASK, store)).isEqualTo(nothing());
    }

    @Test
    void shouldWaitWhenTheNewerVersionHasAFieldThisOneWouldDrop() {
        write(of(V1.class));
        write(of(V2.class));

        assertThatThrownBy(() -> of(V1.class).reconcile(TASK, store))
                .isInstanceOf(NewerState.class)
                .hasMessageContaining("Task p/0 waits")
                .hasMessageContaining("state 's'")
                .hasMessageContaining("note")
                .hasMessageContaining("Upgrade this instance")
                .hasMessageContaining("tidemark.processors.p.on-newer-state=read-known");
        assertThatThrownBy(() -> of(V1.class, OnNewerState.REFUSE).reconcile(TASK, store))
                .isInstanceOf(IncompatibleState.class)
                .hasMessageContaining("note");
    }

    @Test
    void shouldDropWhatItDoesNotKnowOnlyWhenToldTo() {
        write(of(V1.class));
        write(of(V2.class));
        byte[] row = RowKey.value("s", new byte[] {1});
        apply(List.of(StateChange.put(row, codec(of(V2.class)).encode(new V2(8, "n")))));

        Reconciled told = of(V1.class, OnNewerState.READ_KNOWN).reconcile(TASK, store);

        assertThat(told.notes()).singleElement().asString().contains("note");
        assertThat(codec(of(V1.class)).decode(store.get(row))).isEqualTo(new V1(8));
        write(of(V1.class, OnNewerState.READ_KNOWN));
        assertThat(of(V1.class).reconcile(TASK, store))
                .as("it is the present one again")
                .isEqualTo(nothing());
        assertThat(of(V2.class, OnNewerState.REFUSE).reconcile(TASK, store).notes())
                .as("nothing is lost by reading the older as the newer, so it goes on")
                .isEmpty();
    }

    /** A version in between only took a field away: reading its values loses nothing. */
    @Test
    void shouldGoBackWithoutBeingToldWhereNothingIsDropped() {
        write(of(V2.class));
        write(of(V1.class));

        Reconciled back = of(V2.class).reconcile(TASK, store);

        assertThat(back.onFirstWrite()).containsOnlyKeys("s");
        write(of(V2.class));
        assertThat(of(V2.class).reconcile(TASK, store)).isEqualTo(nothing());
    }

    @Test
    void shouldWaitWhenTheNewerVersionHasAnotherState() {
        StateDescriptor<?> a = StateDescriptor.value("a", RawCodecs.LONG);
        StateDescriptor<?> b = StateDescriptor.value("b", RawCodecs.LONG);
        write(schema(Set.of(), a));
        write(schema(Set.of(), a, b));

        assertThatThrownBy(() -> schema(Set.of(), a).reconcile(TASK, store))
                .isInstanceOf(NewerState.class)
                .hasMessageContaining("state 'b' is not declared by this version")
                .hasMessageContaining("drop-states");
        assertThat(schema(Set.of("b"), a).reconcile(TASK, store).changes()).isNotEmpty();
    }

    enum Two {
        A,
        B
    }

    enum Three {
        A,
        B,
        C
    }

    @Test
    void shouldWaitForConstantsOfANewerVersion() {
        write(schema(Set.of(), StateDescriptor.value("s", RawCodecs.enumByName(Two.class))));
        write(schema(Set.of(), StateDescriptor.value("s", RawCodecs.enumByName(Three.class))));

        assertThatThrownBy(() -> schema(Set.of(), StateDescriptor.value("s", RawCodecs.enumByName(Two.class)))
                        .reconcile(TASK, store))
                .isInstanceOf(NewerState.class)
                .hasMessageContaining("[C]");
    }

    // ---- refusals

    @Test
    void shouldRefuseOneSchemaTooMany() {
        StringBuilder history = new StringBuilder("2:{a0:long}");
        for (int i = 1; i < 64; i++) {
            history.append(";2:{a").append(i).append(":long}");
        }
        byte[] schema = ("VALUE\nobject\n" + history + "\n\n").getBytes(StandardCharsets.UTF_8);
        apply(List.of(StateChange.put(RowKey.meta("schema/s"), schema)));

        assertThatThrownBy(() -> of(Fresh.class).reconcile(TASK, store))
                .isInstanceOf(IncompatibleState.class)
                .hasMessageContaining("state 's' cannot be changed once more: it has had 64 schemas")
                .hasMessageContaining("another name");
    }

    record Fresh(String text) {}

    @SuppressWarnings("unchecked") // of the one state there is
    private StateCodec<Object> codec(StateSchema schema) {
        return (StateCodec<Object>) schema.bound(store).get(0).codec();
    }

    @Test
    void shouldRefuseAnIncompatibleSchemaNamingBoth() {
        write(of(V1.class));

        assertThatThrownBy(() -> of(Other.class).reconcile(TASK, store))
                .isInstanceOf(IncompatibleState.class)
                .hasMessageContaining("p/0")
                .hasMessageContaining(".count: stored as int, declared as string");
    }

    @Test
    void shouldRefuseAnotherKindOfStateAndOtherMapKeys() {
        write(schema(
                Set.of(),
                StateDescriptor.value("s", RawCodecs.LONG),
                StateDescriptor.map("m", RawCodecs.LONG, RawCodecs.STRING)));

        assertThatThrownBy(() -> schema(
                                Set.of(),
                                StateDescriptor.list("s", RawCodecs.LONG),
                                StateDescriptor.map("m", RawCodecs.STRING, RawCodecs.STRING))
                        .reconcile(TASK, store))
                .isInstanceOf(IncompatibleState.class)
                .hasMessageContaining("state 's' is stored as value of long and declared as list of long")
                .hasMessageContaining("state 'm' keys: stored as long long, declared as string string");
    }

    /** An entry keeps its bytes, which are its identity. */
    @Test
    void shouldWidenMapKeys() {
        StateCodec<Integer> integers = keys(Integer.class);
        StateSchema before = schema(Set.of(), StateDescriptor.map("m", integers, RawCodecs.STRING));
        write(before);
        StateSchema after = schema(Set.of(), StateDescriptor.map("m", keys(Long.class), RawCodecs.STRING));

        StateCodec<Long> bound = boundKeys(after);

        assertThat(bound.encode(5L)).isEqualTo(integers.encode(5));
        List<byte[]> sorted = new ArrayList<>();
        for (long each : new long[] {Integer.MIN_VALUE, Integer.MIN_VALUE + 1L, -1, 0, Integer.MAX_VALUE, 1L << 40}) {
            assertThat(bound.decode(bound.encode(each))).isEqualTo(each);
            sorted.add(bound.encode(each));
        }
        assertThat(sorted).isSortedAccordingTo(java.util.Arrays::compareUnsigned);
        assertThatThrownBy(() -> bound.encode(Integer.MIN_VALUE - 1L))
                .isInstanceOf(UnstorableValue.class)
                .hasMessageContaining("a map key below -2147483648");
        write(after);
        assertThat(after.reconcile(TASK, store)).isEqualTo(nothing());
        assertThat(boundKeys(after).encode(5L)).isEqualTo(integers.encode(5));
    }

    @SuppressWarnings("unchecked") // the codec is the type's own
    private static <T> StateCodec<T> keys(Class<T> type) {
        return (StateCodec<T>) StateCodecs.forMapKey(type);
    }

    @SuppressWarnings("unchecked") // of the one state there is
    private StateCodec<Long> boundKeys(StateSchema schema) {
        return (StateCodec<Long>) schema.bound(store).get(0).keyCodec();
    }

    @Test
    void shouldRefuseAStoredStateNobodyDeclaresAndSuggestTheRename() {
        write(schema(Set.of(), StateDescriptor.value("old", RawCodecs.LONG)));

        assertThatThrownBy(() -> schema(Set.of(), StateDescriptor.value("fresh", RawCodecs.LONG))
                        .reconcile(TASK, store))
                .isInstanceOf(IncompatibleState.class)
                .hasMessageContaining("'old' is not declared")
                .hasMessageContaining("fresh")
                .hasMessageContaining("@State(\"old\")")
                .hasMessageContaining("tidemark.processors.p.drop-states");
    }

    @Test
    void shouldDropAListedStateWithAllItsRows() {
        write(schema(Set.of(), StateDescriptor.value("old", RawCodecs.LONG)));
        apply(List.of(StateChange.put(RowKey.value("old", new byte[] {1}), new byte[8])));
        StateSchema next = schema(Set.of("old"), StateDescriptor.value("fresh", RawCodecs.LONG));

        write(next);

        assertThat(store.get(RowKey.value("old", new byte[] {1}))).isNull();
        assertThat(next.reconcile(TASK, store)).isEqualTo(nothing());
    }

    @Test
    void shouldFingerprintTheDeclarationNotItsOrder() {
        StateDescriptor<ValueState<Long>> a = StateDescriptor.value("a", RawCodecs.LONG);
        StateDescriptor<ValueState<String>> b = StateDescriptor.value("b", RawCodecs.STRING);

        assertThat(schema(Set.of(), a, b).fingerprint())
                .isEqualTo(schema(Set.of(), b, a).fingerprint());
        assertThat(schema(Set.of(), a).fingerprint())
                .isNotEqualTo(schema(Set.of(), a, b).fingerprint());
    }

    private static Reconciled nothing() {
        return new Reconciled(List.of(), java.util.Map.of(), List.of(), List.of());
    }

    private static StateSchema schemaOf(List<String> topics) {
        return new StateSchema(
                new ProcessorDefinition("p", topics, Set.of(), List.of(), Set.of(), access -> (record, out) -> {}),
                OnNewerState.WAIT);
    }

    private static StateSchema of(Class<?> type) {
        return of(type, OnNewerState.WAIT);
    }

    private static StateSchema of(Class<?> type, OnNewerState onNewer) {
        return new StateSchema(
                new ProcessorDefinition(
                        "p",
                        List.of("in"),
                        Set.of(),
                        List.of(StateDescriptor.value("s", ObjectCodec.of(type))),
                        Set.of(),
                        access -> (record, out) -> {}),
                onNewer);
    }

    private static StateSchema schema(Set<String> drop, StateDescriptor<?>... states) {
        return new StateSchema(
                new ProcessorDefinition(
                        "p", List.of("in"), Set.of(), List.of(states), drop, access -> (record, out) -> {}),
                OnNewerState.WAIT);
    }

    /** The version processes something that sets every state. */
    private void write(StateSchema schema) {
        Reconciled reconciled = schema.reconcile(TASK, store);
        apply(reconciled.changes());
        reconciled.onFirstWrite().values().forEach(this::apply);
    }

    private void apply(List<StateChange> changes) {
        store.apply(changes, new StorePosition(new CheckpointId(0, 0, new UUID(0, 0)), 1));
    }
}
