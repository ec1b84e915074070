package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.RawCodecs;
import io.tidemark.kafka.TestCluster;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a refusal says, and that the way back it names is one. Those of changed offsets and damaged changelogs have tests of their own. */
class WaysBackIT extends RuntimeFixture {

    private static final StateDescriptor<ValueState<String>> TEXT = StateDescriptor.value("count", RawCodecs.STRING);

    private final String in = TestCluster.createTopic("in", 1);
    private final String out = TestCluster.createTopic("out", 1);
    private final ProcessorDefinition counts = counting("orders", in, out, record -> false);

    @BeforeEach
    void leave() {
        leaveOnStop = true;
    }

    @Test
    void shouldGoOnWhenAnAddedInputTopicIsTakenAway() {
        commitHundred();
        String added = TestCluster.createTopic("in", 1);
        ProcessingRuntime wrong = start(directory, counting("orders", List.of(in, added), out));
        TaskStatus refused = awaitPhase(wrong, "orders", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message())
                .contains("Task orders/0 is refused: some of its inputs have a committed offset, but not " + added)
                .contains("so an input topic was added")
                .contains("Put its former input topics back; or name the added ones in"
                        + " tidemark.processors.orders.adopt-inputs; or start the processor under another id, with empty"
                        + " state.");
        assertThat(TestCluster.committed(out)).hasSize(100);
        wrong.stop();
        // the way back
        TestCluster.send(in, 20, 5);
        start(directory, counts);
        awaitOutputs(out, 120);
        assertCountedOnce(out);
    }

    /** The topic that is left has an offset with a pointer, so only the missing one shows that something is wrong. */
    @Test
    void shouldGoOnWhenARemovedInputTopicIsBack() {
        String second = TestCluster.createTopic("in", 1);
        ProcessorDefinition both = counting("orders", List.of(in, second), out);
        ProcessingRuntime first = start(directory, both);
        TestCluster.send(in, 50, 5);
        awaitOutputs(out, 50);
        TestCluster.send(second, 50, 5);
        awaitOutputs(out, 100);
        first.stop();
        TestCluster.send(in, 20, 5);
        ProcessingRuntime wrong = start(directory, counts);
        TaskStatus refused = awaitPhase(wrong, "orders", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message())
                .contains(
                        "Task orders/0 is refused: its state was made from topics it does not read any more: " + second)
                .contains("Put its former input topics back");
        assertThat(TestCluster.committed(out)).hasSize(100);
        wrong.stop();
        start(directory, both);
        awaitOutputs(out, 120);
        assertCountedOnce(out);
    }

    @Test
    void shouldGoOnWithTheVersionThatReadsTheStoredState() {
        commitHundred();
        ProcessorDefinition other =
                new ProcessorDefinition("orders", List.of(in), Set.of(out), List.of(TEXT), Set.of(), states -> {
                    ValueState<String> text = states.state(TEXT);
                    return (record, emitter) -> text.set("other");
                });
        ProcessingRuntime wrong = start(directory, other);
        TaskStatus refused = awaitPhase(wrong, "orders", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message())
                .contains("Task orders/0 is refused: state 'count' stored as ")
                .contains(", declared as ")
                .contains("Deploy a version that reads the stored state");
        wrong.stop();
        TestCluster.send(in, 20, 5);
        start(directory, counts);
        awaitOutputs(out, 120);
        assertCountedOnce(out);
    }

    @Test
    void shouldGoOnWithARemovedStateWhenItIsBackOrDropped() {
        commitHundred();
        ProcessorDefinition without = stateless("orders", Set.of());
        ProcessingRuntime wrong = start(directory, without);
        TaskStatus refused = awaitPhase(wrong, "orders", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message()).contains("Task orders/0 is refused: ").contains("'count'");
        wrong.stop();
        TestCluster.send(in, 20, 5);
        ProcessingRuntime back = start(directory, counts);
        awaitOutputs(out, 120);
        assertCountedOnce(out);
        back.stop();
        // and the other way: it is dropped on purpose
        ProcessingRuntime dropped = start(directory, stateless("orders", Set.of("count")));
        awaitPhase(dropped, "orders", 0, TaskStatus.Phase.RUNNING);
    }

    @Test
    void shouldGoOnUnderAnotherIdWhenInputWasDeleted() throws Exception {
        ProcessingRuntime first = commitHundred();
        first.stop();
        TestCluster.send(in, 20, 5);
        try (Admin admin = TestCluster.clients().admin()) {
            admin.deleteRecords(Map.of(new TopicPartition(in, 0), RecordsToDelete.beforeOffset(110)))
                    .all()
                    .get();
        }
        ProcessingRuntime second = start(directory, counts);
        TaskStatus refused = awaitPhase(second, "orders", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message())
                .contains("Task orders/0 is refused: ")
                .contains("records 100 to 109 are gone")
                .contains("Records were deleted before they were processed, and nothing brings them back. Start the"
                        + " processor under another id, with empty state, to go on with the records that are left.");
        second.stop();
        assertAnotherIdCounts(10);
    }

    @Test
    void shouldGoOnUnderAnotherIdWhenThePartitionsAreOthers() throws Exception {
        ProcessingRuntime runtime = start(directory, counts);
        TestCluster.send(in, 100, 5);
        awaitOutputs(out, 100);
        try (Admin admin = TestCluster.clients().admin()) {
            admin.createPartitions(Map.of(in, NewPartitions.increaseTo(2)))
                    .all()
                    .get();
        }
        TaskStatus refused = awaitPhase(runtime, "orders", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message())
                .contains("topic " + in + " has 2 partitions, its state was made with 1")
                .contains(
                        "Start the processor under another id, with empty state; or on a topic with 1 partitions to which"
                                + " the records are copied.");
        runtime.stop();
        assertAnotherIdCounts(100);
    }

    /** The changelog is gone and so is every disk: the last way there is. */
    @Test
    void shouldGoOnUnderAnotherIdWhenTheChangelogIsGone() throws Exception {
        commitHundred().stop();
        delete(directory.resolve(application));
        try (Admin admin = TestCluster.clients().admin()) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(application + ".orders.changelog", 0), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
        ProcessingRuntime second = start(directory, counts);
        TaskStatus refused = awaitPhase(second, "orders", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message())
                .contains("cannot be restored from the changelog")
                .contains(
                        "An instance whose state directory still holds the checkpoint can go on; without one, start the"
                                + " processor under another id, with empty state.");
        second.stop();
        assertAnotherIdCounts(100);
    }

    private void assertAnotherIdCounts(int records) {
        String fresh = TestCluster.createTopic("out", 1);
        start(directory, counting("orders-2", in, fresh, record -> false));
        awaitOutputs(fresh, records);
        assertCountedOnce(fresh);
    }

    private ProcessingRuntime commitHundred() {
        ProcessingRuntime first = start(directory, counts);
        TestCluster.send(in, 100, 5);
        awaitOutputs(out, 100);
        first.stop();
        return first;
    }

    private ProcessorDefinition stateless(String id, Set<String> drop) {
        return new ProcessorDefinition(
                id, List.of(in), Set.of(out), List.of(), drop, states -> (record, emitter) -> {});
    }

    private static ProcessorDefinition counting(String id, List<String> in, String out) {
        return new ProcessorDefinition(id, in, Set.of(out), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            return (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
            };
        });
    }
}
