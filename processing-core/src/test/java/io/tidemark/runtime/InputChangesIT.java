package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.StartFrom;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.InputsChanged;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Inputs that are added and taken away on purpose, with the state they find. */
class InputChangesIT extends RuntimeFixture {

    private final String first = TestCluster.createTopic("first", 2);
    private final String second = TestCluster.createTopic("second", 2);
    private final String out = TestCluster.createTopic("out", 2);
    private final AtomicReference<Lost> lost = new AtomicReference<>();

    private enum Lost {
        REQUEST,
        ANSWER
    }

    @Override
    KafkaClients clients() {
        return new HookedClients(TestCluster.clients(), new HookedClients.Hook() {
            @Override
            public void before(String method) {
                if (method.equals("commitTransaction") && lost.compareAndSet(Lost.REQUEST, null)) {
                    throw new TimeoutException("nobody answers");
                }
            }

            @Override
            public void after(String method) {
                if (method.equals("commitTransaction") && lost.compareAndSet(Lost.ANSWER, null)) {
                    throw new TimeoutException("nobody answers");
                }
            }
        });
    }

    @BeforeEach
    void leave() {
        leaveOnStop = true;
    }

    @Test
    void shouldAdoptAnInputWithTheStateThereIs() throws Exception {
        count(50);
        TestCluster.send(second, 30, 10);
        adopt(StartFrom.EARLIEST);
        ProcessingRuntime runtime = start(directory, counting("growing", first, second));

        awaitOutputs(out, 80);
        TestCluster.send(second, 10, 10);
        awaitOutputs(out, 90);
        assertCountedOnce(out);
        assertThat(changes()).hasSize(2).allSatisfy(change -> {
            assertThat(change.adopted()).isEqualTo(Map.of(second, 0L));
            assertThat(change.retired()).isEmpty();
        });
        // what was done once is not done again
        runtime.stop();
        events.clear();
        delete(directory);
        TestCluster.send(second, 10, 10);
        start(directory, counting("growing", first, second));
        awaitOutputs(out, 100);
        assertCountedOnce(out);
        assertThat(changes()).isEmpty();
    }

    /** Its first checkpoint decides where it begins, not the first record. */
    @ParameterizedTest
    @EnumSource(Lost.class)
    void shouldAdoptOnceWhateverBecomesOfTheFirstCheckpoint(Lost what) throws Exception {
        count(50);
        TestCluster.send(second, 30, 10);
        adopt(StartFrom.EARLIEST);
        lost.set(what);
        start(directory, counting("growing", first, second));

        awaitOutputs(out, 80);
        TestCluster.send(first, 10, 10);
        awaitOutputs(out, 90);
        assertThat(lost).hasValue(null);
        assertCountedOnce(out);
    }

    @Test
    void shouldAdoptFromTheEndOrFromATime() throws Exception {
        count(50);
        TestCluster.send(second, 30, 10);
        adopt(StartFrom.LATEST);
        ProcessingRuntime runtime = start(directory, counting("growing", first, second));
        awaitPhase(runtime, "growing", 0, TaskStatus.Phase.RUNNING);
        awaitPhase(runtime, "growing", 1, TaskStatus.Phase.RUNNING);
        TestCluster.send(second, 7, 7);
        awaitOutputs(out, 57);
        runtime.stop();
        String third = TestCluster.createTopic("third", 2);
        TestCluster.send(third, 20, 10);
        settings = settings.with(settings.worker()
                .with(new InputChanges(
                        Map.of(
                                second,
                                StartFrom.EARLIEST,
                                third,
                                StartFrom.since(Instant.now().minusSeconds(3600))),
                        Set.of())));
        start(directory, counting("growing", first, second, third));

        awaitOutputs(out, 77);
        assertCountedOnce(out);
    }

    @Test
    void shouldRetireAnInputAndAdoptItAgain() throws Exception {
        ProcessingRuntime both = start(directory, counting("growing", first, second));
        TestCluster.send(first, 20, 10);
        TestCluster.send(second, 20, 10);
        awaitOutputs(out, 40);
        both.stop();
        TestCluster.send(second, 5, 5); // never processed
        settings = settings.with(settings.worker().with(new InputChanges(Map.of(), Set.of(second))));
        ProcessingRuntime one = start(directory, counting("growing", first));
        TestCluster.send(first, 10, 10);
        awaitOutputs(out, 50);
        assertThat(changes())
                .hasSize(2)
                .allSatisfy(change -> assertThat(change.retired()).containsExactly(second));
        one.stop();
        // put back without a word it stays refused: what lay there meanwhile is not what the state was made from
        settings = settings.with(settings.worker().with(InputChanges.NONE));
        ProcessingRuntime wrong = start(directory, counting("growing", first, second));
        TaskStatus refused = awaitPhase(wrong, "growing", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message()).contains("point to different checkpoints");
        wrong.stop();
        adopt(StartFrom.LATEST);
        ProcessingRuntime again = start(directory, counting("growing", first, second));
        awaitPhase(again, "growing", 0, TaskStatus.Phase.RUNNING);
        awaitPhase(again, "growing", 1, TaskStatus.Phase.RUNNING);
        TestCluster.send(second, 10, 10);
        awaitOutputs(out, 60);
        assertCountedOnce(out);
    }

    /** The property may stay; it does not stand for whatever happens to the offsets later. */
    @Test
    void shouldNotAdoptAgainWhatIsPartOfTheState() throws Exception {
        count(50);
        TestCluster.send(second, 30, 10);
        adopt(StartFrom.EARLIEST);
        ProcessingRuntime runtime = start(directory, counting("growing", first, second));
        awaitOutputs(out, 80);
        runtime.stop();
        String group = application + ".growing";
        try (Admin admin = TestCluster.clients().admin()) {
            awaitEmpty(admin, group);
            admin.deleteConsumerGroupOffsets(
                            group, Set.of(new TopicPartition(second, 0), new TopicPartition(second, 1)))
                    .all()
                    .get();
        }
        ProcessingRuntime next = start(directory, counting("growing", first, second));

        TaskStatus refused = awaitPhase(next, "growing", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message())
                .contains("its state was made from " + second + " too")
                .contains("cannot be adopted again");
        assertThat(TestCluster.committed(out)).hasSize(80);
    }

    private void count(int records) {
        ProcessingRuntime before = start(directory, counting("growing", first));
        TestCluster.send(first, records, 10);
        awaitOutputs(out, records);
        before.stop();
        events.clear();
    }

    private void adopt(StartFrom from) {
        settings = settings.with(settings.worker().with(new InputChanges(Map.of(second, from), Set.of())));
    }

    private List<InputsChanged> changes() {
        return events.stream()
                .filter(InputsChanged.class::isInstance)
                .map(InputsChanged.class::cast)
                .toList();
    }

    private ProcessorDefinition counting(String id, String... topics) {
        return new ProcessorDefinition(id, List.of(topics), Set.of(out), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            return (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
            };
        });
    }
}
