package io.tidemark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.CborCodec;
import io.tidemark.codec.ObjectCodec;
import io.tidemark.codec.RawCodecs;
import io.tidemark.error.IncompatibleState;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.RowKey;
import io.tidemark.state.StateChange;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StateSchemaTest {

    record V1(int count) {}

    record V2(int count, String note) {}

    record Other(String count) {}

    private static final TaskId TASK = new TaskId("p", 0);
    private final InMemoryStateStore store = new InMemoryStateStore();

    @Test
    void shouldWriteTheSchemasOfANewTaskOnce() {
        StateSchema schema = schema(Set.of(), StateDescriptor.value("total", RawCodecs.LONG));

        List<StateChange> changes = schema.reconcile(TASK, store);
        apply(changes);

        assertThat(changes).as("the schema and the inputs").hasSize(2);
        assertThat(schema.reconcile(TASK, store)).isEmpty();
    }

    @Test
    void shouldTellTheInputsThatAreNotReadAnyMore() {
        assertThat(schemaOf(List.of("b", "a")).missingInputs(store)).isEmpty();

        apply(schemaOf(List.of("b", "a")).reconcile(TASK, store));

        assertThat(schemaOf(List.of("a", "b")).missingInputs(store)).isEmpty();
        assertThat(schemaOf(List.of("a", "b")).reconcile(TASK, store)).isEmpty();
        assertThat(schemaOf(List.of("b")).missingInputs(store)).containsExactly("a");
        assertThat(schemaOf(List.of("a", "b", "c")).missingInputs(store)).isEmpty();
    }

    @Test
    void shouldMigrateACompatibleSchema() {
        apply(schema(Set.of(), StateDescriptor.value("s", CborCodec.<V1>of(V1.class)))
                .reconcile(TASK, store));
        StateSchema next = schema(Set.of(), StateDescriptor.value("s", CborCodec.<V2>of(V2.class)));

        List<StateChange> changes = next.reconcile(TASK, store);

        assertThat(changes).hasSize(1);
        apply(changes);
        assertThat(next.reconcile(TASK, store)).isEmpty();
    }

    /** Each task reads its own store by its own history, whatever order its versions came in. */
    @Test
    void shouldReadEachVersionByTheHistoryOfTheStore() {
        StateSchema first = schema(Set.of(), StateDescriptor.value("s", ObjectCodec.<V1>of(V1.class)));
        apply(first.reconcile(TASK, store));
        byte[] row = RowKey.value("s", new byte[] {1});
        apply(List.of(StateChange.put(row, codec(first).encode(new V1(7)))));
        StateSchema next = schema(Set.of(), StateDescriptor.value("s", ObjectCodec.<V2>of(V2.class)));

        StateCodec<Object> beforeItIsStored = codec(next);
        apply(next.reconcile(TASK, store));

        for (StateCodec<Object> codec : List.of(beforeItIsStored, codec(next))) {
            assertThat(codec.decode(store.get(row))).isEqualTo(new V2(7, null));
            assertThat(codec.decode(codec.encode(new V2(8, "n")))).isEqualTo(new V2(8, "n"));
            assertThat(codec.encode(new V2(8, "n"))[0]).as("version, no nulls").isEqualTo((byte) 2);
        }
        assertThat(next.reconcile(TASK, store)).isEmpty();
        assertThat(next.fingerprint())
                .as("of what is declared, wherever it runs")
                .isEqualTo(schema(Set.of(), StateDescriptor.value("s", ObjectCodec.<V2>of(V2.class)))
                        .fingerprint());
    }

    @Test
    void shouldRefuseOneSchemaTooMany() {
        StringBuilder history = new StringBuilder("{a0:long}");
        for (int i = 1; i < 64; i++) {
            history.append(";{a").append(i).append(":long}");
        }
        byte[] schema = ("VALUE\nobject\n" + history + "\n\n").getBytes(StandardCharsets.UTF_8);
        apply(List.of(StateChange.put(RowKey.meta("schema/s"), schema)));

        assertThatThrownBy(() -> schema(Set.of(), StateDescriptor.value("s", ObjectCodec.<V1>of(V1.class)))
                        .reconcile(TASK, store))
                .isInstanceOf(IncompatibleState.class)
                .hasMessageContaining("state 's' cannot be changed once more: it has had 64 schemas")
                .hasMessageContaining("another name");
    }

    @SuppressWarnings("unchecked") // of the one state there is
    private StateCodec<Object> codec(StateSchema schema) {
        return (StateCodec<Object>) schema.bound(store).get(0).codec();
    }

    @Test
    void shouldRefuseAnIncompatibleSchemaNamingBoth() {
        apply(schema(Set.of(), StateDescriptor.value("s", CborCodec.<V1>of(V1.class)))
                .reconcile(TASK, store));

        assertThatThrownBy(() -> schema(Set.of(), StateDescriptor.value("s", CborCodec.<Other>of(Other.class)))
                        .reconcile(TASK, store))
                .isInstanceOf(IncompatibleState.class)
                .hasMessageContaining("p/0")
                .hasMessageContaining("{count:int}")
                .hasMessageContaining("{count:string}");
    }

    @Test
    void shouldRefuseAnotherKindOfStateAndOtherMapKeys() {
        apply(schema(
                        Set.of(),
                        StateDescriptor.value("s", RawCodecs.LONG),
                        StateDescriptor.map("m", RawCodecs.LONG, RawCodecs.STRING))
                .reconcile(TASK, store));

        assertThatThrownBy(() -> schema(
                                Set.of(),
                                StateDescriptor.list("s", RawCodecs.LONG),
                                StateDescriptor.map("m", RawCodecs.STRING, RawCodecs.STRING))
                        .reconcile(TASK, store))
                .isInstanceOf(IncompatibleState.class)
                .hasMessageContaining("state 's' is stored as value of long and declared as list of long")
                .hasMessageContaining(
                        "state 'm' is stored as map of long to string and declared as map of string to string");
    }

    @Test
    void shouldRefuseAStoredStateNobodyDeclaresAndSuggestTheRename() {
        apply(schema(Set.of(), StateDescriptor.value("old", RawCodecs.LONG)).reconcile(TASK, store));

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
        apply(schema(Set.of(), StateDescriptor.value("old", RawCodecs.LONG)).reconcile(TASK, store));
        apply(List.of(StateChange.put(RowKey.value("old", new byte[] {1}), new byte[8])));
        StateSchema next = schema(Set.of("old"), StateDescriptor.value("fresh", RawCodecs.LONG));

        apply(next.reconcile(TASK, store));

        assertThat(store.get(RowKey.value("old", new byte[] {1}))).isNull();
        assertThat(next.reconcile(TASK, store)).isEmpty();
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

    private static StateSchema schemaOf(List<String> topics) {
        return new StateSchema(
                new ProcessorDefinition("p", topics, Set.of(), List.of(), Set.of(), access -> (record, out) -> {}));
    }

    private static StateSchema schema(Set<String> drop, StateDescriptor<?>... states) {
        return new StateSchema(new ProcessorDefinition(
                "p", List.of("in"), Set.of(), List.of(states), drop, access -> (record, out) -> {}));
    }

    private void apply(List<StateChange> changes) {
        store.apply(changes, new StorePosition(new CheckpointId(0, 0, new UUID(0, 0)), 1));
    }
}
