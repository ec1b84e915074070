package io.tidemark.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.RecordEmitter;
import io.tidemark.api.RecordHandler;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.RawCodecs;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.error.StateCorrupted;
import io.tidemark.state.HeapStore;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.KeyedState;
import io.tidemark.state.RowCursor;
import io.tidemark.state.RowKey;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateStore;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.OutputTopics;
import io.tidemark.stream.TaskId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class KeyedTaskTest {

    private static final StateDescriptor<ValueState<Long>> COUNT = StateDescriptor.value("count", RawCodecs.LONG);

    private final InMemoryStateStore store = new InMemoryStateStore();
    private final Set<String> missing = new HashSet<>();
    private int version;

    private final OutputTopics topics = new OutputTopics() {
        @Override
        public int version() {
            return version;
        }

        @Override
        public boolean exists(String topic) {
            return !missing.contains(topic);
        }
    };

    @Test
    void shouldAnswerWithTheOutputsOfTheRecord() {
        KeyedTask task = task((state, record, out) -> {
            long count = state.update(() -> 0L, n -> n + 1);
            out.emit("alerts", record.key(), new byte[] {(byte) count}, null, Map.of());
        });

        task.process(TestRecord.of("k", "v"));
        TaskStep step = task.process(TestRecord.of("k", "v"));

        assertThat(step.outputs()).singleElement().satisfies(output -> {
            assertThat(output.topic()).isEqualTo("alerts");
            assertThat(output.value()).containsExactly(2);
            assertThat(output.timestamp()).isEqualTo(1000);
            assertThat(output.headers())
                    .singleElement()
                    .satisfies(header -> assertThat(header.name()).isEqualTo("traceparent"));
        });
    }

    /** A topic of the definition that is missing is no record's fault; one a handler thought of may be. */
    @Test
    void shouldFailTheRecordWhoseOutputTopicIsMissing() {
        KeyedTask task = task((state, record, out) -> {
            long count = state.update(() -> 0L, n -> n + 1);
            out.emit(new String(record.value(), UTF_8), record.key(), new byte[] {(byte) count}, null, Map.of());
        });
        task.process(TestRecord.of("k", "alerts"));
        task.process(TestRecord.of("k", "chosen"));
        missing.addAll(Set.of("alerts", "chosen"));
        assertThat(task.process(TestRecord.of("k", "alerts")).outputs())
                .as("nothing says yet that it is gone")
                .hasSize(1);
        version++;

        assertThatThrownBy(() -> task.process(TestRecord.of("k", "alerts")))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("its output topic alerts does not exist")
                .hasCauseInstanceOf(EnvironmentRefused.class);
        assertThatThrownBy(() -> task.process(TestRecord.of("k", "chosen")))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("its output topic chosen does not exist")
                .hasNoCause();
        missing.clear();
        assertThat(task.process(TestRecord.of("k", "alerts")).outputs())
                .as("the two that failed left no trace")
                .singleElement()
                .satisfies(output -> assertThat(output.value()).containsExactly(4));
    }

    @Test
    void shouldLeaveItsThreadAsItWas() {
        KeyedTask task = task((state, record, out) -> Thread.currentThread().interrupt());

        task.process(TestRecord.of("k", "v"));

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    /** A length that was read wrongly; nobody lacks memory. */
    @Test
    void shouldChargeARecordForAnArrayThatIsTooLong() {
        KeyedTask task = task((state, record, out) -> state.set((long) new long[Integer.MAX_VALUE].length));

        assertThatThrownBy(() -> task.process(TestRecord.of("k", "v")))
                .isInstanceOf(ProcessorFailed.class)
                .hasCauseInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void shouldLeaveNoTraceWhenTheHandlerThrows() {
        KeyedTask task = task((state, record, out) -> {
            state.set(99L);
            out.emit("alerts", null, null, null, Map.of());
            throw new Exception("value 4711 is wrong");
        });

        assertThatThrownBy(() -> task.process(TestRecord.of("k", "v")))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("orders-3@17")
                .hasMessageNotContaining("4711");

        assertThat(task.state().isDirty()).isFalse();
    }

    /** What is nested too deep for a recursive parser would stop one instance after the other. */
    @Test
    void shouldChargeARecordThatOverflowsTheStackAndUndoIt() {
        KeyedTask task = task((state, record, out) -> {
            state.set(1L);
            recurse(1);
        });

        assertThatThrownBy(() -> task.process(TestRecord.of("k", "v")))
                .isInstanceOf(ProcessorFailed.class)
                .hasCauseInstanceOf(StackOverflowError.class);
        assertThat(task.state().isDirty()).isFalse();
    }

    @Test
    void shouldLetAnErrorOfTheJvmPassAfterUndoing() {
        KeyedTask task = task((state, record, out) -> {
            state.set(1L);
            throw new OutOfMemoryError("planted");
        });

        assertThatThrownBy(() -> task.process(TestRecord.of("k", "v"))).isInstanceOf(OutOfMemoryError.class);
        assertThat(task.state().isDirty()).isFalse();
    }

    private static int recurse(int depth) {
        return depth + recurse(depth + 1) + 1;
    }

    /** G4: 1970 would be deleted by the retention of its topic at once. */
    @Test
    void shouldSendAtThePresentTimeWhatComesOfARecordWithoutOne() {
        KeyedTask task = task((state, record, out) -> out.emit("alerts", null, null, null, Map.of()));

        assertThat(task.process(new TestRecord("orders", 3, 17, -1, new byte[] {1}, new byte[] {1}))
                        .outputs())
                .singleElement()
                .satisfies(output -> assertThat(output.timestamp()).isEqualTo(OutputRecord.NOW));
        assertThat(task.process(new TestRecord("orders", 3, 17, 5, new byte[] {1}, new byte[] {1}))
                        .outputs())
                .singleElement()
                .satisfies(output -> assertThat(output.timestamp()).isEqualTo(5));
    }

    /** Topic names may come from data, and go into logs and headers. */
    @Test
    void shouldNotRepeatANameThatIsNone() {
        KeyedTask task = task((state, record, out) -> out.emit("a\nb ERROR all is lost", null, null, -1L, Map.of()));

        assertThatThrownBy(() -> task.process(TestRecord.of("k", "v")))
                .hasMessageContaining("'a?b?ERROR?all?is?lost' is no topic name");
    }

    @Test
    void shouldRefuseANullKey() {
        KeyedTask task = task((state, record, out) -> state.set(1L));

        assertThatThrownBy(() -> task.process(TestRecord.of(null, "v")))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("null key")
                .hasMessageContaining("orders-3@17");
    }

    @Test
    void shouldFailTheRecordWhoseOutputIsTooLarge() {
        KeyedTask task = task((state, record, out) -> {
            state.set(1L);
            out.emit("alerts", null, new byte[2000], null, Map.of());
        });

        assertThatThrownBy(() -> task.process(TestRecord.of("k", "v")))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("orders-3@17")
                .hasMessageContaining("max.request.size");
        assertThat(task.state().isDirty()).isFalse();
    }

    @Test
    void shouldNotTakeAFailedStoreForAFailedHandler() {
        StateStore damaged = new DamagedStore();
        KeyedTask swallowing = task(damaged, (state, record, out) -> {
            try {
                state.get();
            } catch (RuntimeException e) {
                state.clear();
            }
        });

        assertThatThrownBy(() -> swallowing.process(TestRecord.of("k", "v"))).isInstanceOf(StateCorrupted.class);
        assertThat(swallowing.state().isDirty()).isFalse();
    }

    @Test
    void shouldRefuseTheRecordAndTheOutputAfterTheCall() {
        AtomicReference<IncomingRecord> kept = new AtomicReference<>();
        AtomicReference<RecordEmitter> out = new AtomicReference<>();
        KeyedTask task = task((state, record, emitter) -> {
            kept.set(record);
            out.set(emitter);
        });

        task.process(TestRecord.of("k", "v"));

        assertThatThrownBy(() -> kept.get().value()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> out.get().emit("t", null, null, null, Map.of()))
                .isInstanceOf(IllegalStateException.class);
    }

    private interface Body {
        void run(ValueState<Long> state, IncomingRecord record, RecordEmitter out) throws Throwable;
    }

    @Test
    void shouldFailTheRecordWhoseStateCannotBeRead() {
        store.apply(
                List.of(StateChange.put(RowKey.value("count", new byte[] {'k'}), new byte[1])),
                new StorePosition(new CheckpointId(0, 0, new UUID(0, 0)), 1));
        KeyedTask task = task((state, record, out) -> state.get());

        assertThatThrownBy(() -> task.process(TestRecord.of("k", "v")))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("orders-3@17")
                .hasMessageContaining("'count'");
    }

    private KeyedTask task(Body body) {
        return task(store, body);
    }

    private KeyedTask task(StateStore store, Body body) {
        ProcessorDefinition definition =
                new ProcessorDefinition("p", List.of("orders"), Set.of("alerts"), List.of(COUNT), Set.of(), states -> {
                    ValueState<Long> count = states.state(COUNT);
                    RecordHandler handler = (record, out) -> body.run(count, record, out);
                    return handler;
                });
        return new KeyedTask(definition, new TaskId("p", 3), new KeyedState(store, List.of(COUNT), 100), 1000, topics);
    }

    private static final class DamagedStore extends HeapStore {

        @Override
        public byte[] get(byte[] row) {
            throw new StateCorrupted("a block fails its checksum", null);
        }

        @Override
        public RowCursor scan(byte[] prefix) {
            throw new StateCorrupted("a block fails its checksum", null);
        }

        @Override
        public void apply(List<StateChange> changes, StorePosition position) {
            throw new AssertionError("nothing is written");
        }
    }
}
