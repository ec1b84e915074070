package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.CheckpointAborted;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

/** An output topic that is not there: nobody but the records that go to it may feel it, and it is no fault of theirs. */
class OutputTopicsIT extends RuntimeFixture {

    private static final String FIRST = keyOf(0);
    private static final String SECOND = keyOf(1);

    private final String in = TestCluster.createTopic("in", 2);
    private final String out = TestCluster.createTopic("out", 2);

    @Test
    void shouldNotStartWithoutAnOutputTopicAndStartOnceItIsThere() throws Exception {
        String missing = TestCluster.unique("missing");
        ProcessingRuntime runtime = start(directory, counting("plain", in, missing, record -> false));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(runtime.status("plain").orElseThrow().message())
                                .contains("output topic " + missing + " does not exist")
                                .contains("tidemark.outputs.auto-create"));

        create(missing);

        TestCluster.send(in, FIRST, "x");
        awaitOutputs(missing, 1);
    }

    @Test
    void shouldCreateAnOutputTopicIfToldTo() {
        settings = settings.withCreateOutputs(true);
        String declared = TestCluster.unique("declared");
        String chosen = TestCluster.unique("chosen");
        start(directory, routing("plain", declared));

        TestCluster.send(in, FIRST, declared);
        TestCluster.send(in, FIRST, chosen);

        awaitOutputs(chosen, 1);
        awaitOutputs(declared, 1);
    }

    /** A name a handler thought of costs the record that led to it, at once and nothing else. */
    @Test
    void shouldGiveUpTheRecordsForATopicNobodyDeclared() {
        settings = with(ErrorPolicy.SKIP, null).withConcurrency(1);
        ProcessingRuntime runtime = start(directory, routing("plain", out));
        for (int i = 0; i < 20; i++) {
            TestCluster.send(in, FIRST, out);
            TestCluster.send(in, FIRST, "nowhere-" + i % 3);
            TestCluster.send(in, SECOND, out);
        }
        long begun = System.nanoTime();

        awaitOutputs(out, 40);

        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .as("a producer that waits for such a topic does so for 8 s each time")
                .isLessThan(Duration.ofSeconds(8));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> runtime.status("plain").orElseThrow().records().skipped() == 20);
        assertThat(events).as("no attempt is void for it").noneMatch(CheckpointAborted.class::isInstance);
        assertCountedOnce(out);
    }

    @Test
    void shouldWaitForADeclaredTopicThatIsDeletedAndGiveNothingUp() throws Exception {
        String other = TestCluster.createTopic("other", 1);
        settings = with(ErrorPolicy.SKIP, null).withConcurrency(1);
        ProcessingRuntime runtime = start(directory, routing("plain", out, other));
        TestCluster.send(in, FIRST, other);
        TestCluster.send(in, SECOND, out);
        awaitOutputs(other, 1);
        awaitOutputs(out, 1);
        delete(other);
        TestCluster.send(in, FIRST, other);
        TestCluster.send(in, FIRST, other);

        TaskStatus waiting = awaitPhase(runtime, "plain", 0, TaskStatus.Phase.WAITING);

        assertThat(waiting.message())
                .contains("its output topic " + other + " does not exist")
                .contains("nothing is given up");
        TestCluster.send(in, SECOND, out);
        awaitOutputs(out, 2);
        create(other);
        awaitOutputs(other, 2);
        assertThat(runtime.status("plain").orElseThrow().records().skipped()).isZero();
        assertThat(TestCluster.committed(other).get(1).value())
                .as("count of the key at its third record")
                .isEqualTo("3");
    }

    @Test
    void shouldWaitForTheDeadLetterTopicThatIsDeleted() throws Exception {
        String letters = TestCluster.createTopic("letters", 1);
        settings = with(ErrorPolicy.DEAD_LETTER, letters).withConcurrency(1);
        ProcessingRuntime runtime = start(
                directory, counting("plain", in, out, record -> new String(record.value(), UTF_8).equals("poison")));
        TestCluster.send(in, FIRST, "poison");
        awaitOutputs(letters, 1);
        delete(letters);
        TestCluster.send(in, FIRST, "poison");
        TestCluster.send(in, FIRST, "good");

        TaskStatus waiting = awaitPhase(runtime, "plain", 0, TaskStatus.Phase.WAITING);

        assertThat(waiting.message()).contains("Dead-letter topic " + letters + " does not exist");
        TestCluster.send(in, SECOND, "good");
        awaitOutputs(out, 1);
        create(letters);
        awaitOutputs(letters, 1);
        awaitOutputs(out, 2);
        assertThat(TestCluster.committed(letters))
                .as("the former topic had the other letter")
                .hasSize(1);
    }

    @Test
    void shouldRefuseADecisionForATopicThatIsNotThereAndTakeAnother() {
        ProcessingRuntime runtime = start(
                directory, counting("plain", in, out, record -> new String(record.value(), UTF_8).equals("poison")));
        TestCluster.send(in, FIRST, "poison");
        TestCluster.send(in, FIRST, "good");
        awaitPhase(runtime, "plain", 0, TaskStatus.Phase.ISOLATED);
        RecordId record = new RecordId(in, 0, 0);

        assertThat(runtime.decide("plain", record, RecordDecision.DEAD_LETTER))
                .isEqualTo(DecisionOutcome.NO_DEAD_LETTER_TOPIC);
        awaitPhase(runtime, "plain", 0, TaskStatus.Phase.ISOLATED);
        assertThat(runtime.decide("plain", record, RecordDecision.SKIP)).isEqualTo(DecisionOutcome.TAKEN);
        awaitOutputs(out, 1);
    }

    /** Sends each record to the topic it names. */
    private ProcessorDefinition routing(String id, String... declared) {
        return new ProcessorDefinition(id, List.of(in), Set.of(declared), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            return (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                String topic = new String(record.value(), UTF_8);
                emitter.emit(topic, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
            };
        });
    }

    private static void create(String topic) throws Exception {
        try (Admin admin = TestCluster.clients().admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
    }

    private static void delete(String topic) throws Exception {
        try (Admin admin = TestCluster.clients().admin()) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }
}
