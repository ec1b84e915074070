package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.GroupProtocol;
import io.tidemark.kafka.MembershipSettings;
import io.tidemark.kafka.StartFrom;
import io.tidemark.kafka.TestCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine under both group protocols. */
class GroupProtocolIT extends RuntimeFixture {

    private void use(GroupProtocol protocol) {
        MembershipSettings before = settings.membership();
        settings = settings.with(new MembershipSettings(
                protocol, true, before.sessionTimeout(), before.heartbeatInterval(), before.transactionTimeout()));
    }

    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void shouldCountEveryRecordOnceWhileInstancesComeAndGo(GroupProtocol protocol) throws IOException {
        use(protocol);
        // given
        String in = TestCluster.createTopic("in", 4);
        String out = TestCluster.createTopic("out", 4);
        ProcessorDefinition counts = counting("counts", in, out, record -> false);
        ProcessingRuntime a = start(directory.resolve("a"), counts);
        TestCluster.send(in, 5_000, 40);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(out).size() >= 1_000);

        // when a second instance joins, the first leaves, loses its disk, and comes back
        ProcessingRuntime b = start(directory.resolve("b"), counts);
        TestCluster.send(in, 5_000, 40);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(out).size() >= 6_000);
        a.stop();
        delete(directory.resolve("a"));
        TestCluster.send(in, 2_000, 40);
        ProcessingRuntime again = start(directory.resolve("a"), counts);
        TestCluster.send(in, 2_000, 40);

        // then
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(TestCluster.committed(out)).hasSize(14_000));
        Map<String, Long> last = new HashMap<>();
        for (ConsumerRecord<String, String> record : TestCluster.committed(out)) {
            long count = Long.parseLong(record.value());
            assertThat(count).as(record.key()).isEqualTo(last.getOrDefault(record.key(), 0L) + 1);
            last.put(record.key(), count);
        }
        assertThat(last)
                .hasSize(40)
                .allSatisfy((key, count) -> assertThat(count).isEqualTo(350));
        assertThat(b.isRunning() && again.isRunning()).isTrue();
    }

    /** C20: a deployment that changes the protocol has both in the group for a while. */
    @Test
    void shouldCountEveryRecordOnceWhileTheProtocolChanges() {
        String in = TestCluster.createTopic("in", 4);
        String out = TestCluster.createTopic("out", 4);
        ProcessorDefinition counts = counting("counts", in, out, record -> false);
        use(GroupProtocol.CLASSIC);
        ProcessingRuntime former = start(directory.resolve("a"), counts);
        TestCluster.send(in, 400, 40);
        awaitOutputs(out, 400);

        use(GroupProtocol.CONSUMER);
        ProcessingRuntime next = start(directory.resolve("b"), counts);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> tasks(next, "counts").stream().anyMatch(task -> task.phase() == TaskStatus.Phase.RUNNING));
        TestCluster.send(in, 400, 40);
        awaitOutputs(out, 800);
        former.stop();
        TestCluster.send(in, 400, 40);

        awaitOutputs(out, 1200);
        assertCountedOnce(out);
        assertThat(tasks(next, "counts")).hasSize(4);
    }

    /** A member that is to come back keeps its former assignment, which knows nothing of the topic. */
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void shouldSeeAnInputThatWasAddedWhileItsPlaceWasKept(GroupProtocol protocol) {
        use(protocol);
        String in = TestCluster.createTopic("in", 2);
        String added = TestCluster.createTopic("added", 2);
        String out = TestCluster.createTopic("out", 2);
        ProcessingRuntime before = start(directory, counting("grown", in, out, record -> false));
        TestCluster.send(in, 50, 10);
        awaitOutputs(out, 50);
        before.stop();

        ProcessingRuntime after = start(directory, joining("grown", in, added, out));

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(tasks(after, "grown"))
                        .hasSize(2)
                        .allSatisfy(task -> {
                            assertThat(task.phase()).isEqualTo(TaskStatus.Phase.REFUSED);
                            assertThat(task.message()).contains("so an input topic was added");
                        }));
        assertThat(TestCluster.committed(out)).hasSize(50);
    }

    /** Members of two versions, one of which reads a topic more; the other has part of its input. */
    @Test
    void shouldSayThatAnotherMemberHasPartOfItsInput() {
        use(GroupProtocol.CONSUMER);
        settings = settings.withConcurrency(1);
        String in = TestCluster.createTopic("in", 2);
        String added = TestCluster.createTopic("added", 2);
        String out = TestCluster.createTopic("out", 2);
        ProcessingRuntime former = start(directory.resolve("a"), counting("mixed", in, out, record -> false));
        TestCluster.send(in, 50, 10);
        awaitOutputs(out, 50);

        ProcessingRuntime next = start(directory.resolve("b"), joining("mixed", in, added, out));

        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(tasks(next, "mixed")).anySatisfy(task -> {
                    assertThat(task.phase()).isEqualTo(TaskStatus.Phase.INCOMPLETE);
                    assertThat(task.message()).contains("waits for its input " + in + "-");
                }));
        assertThat(events).hasAtLeastOneElementOfType(RuntimeEvent.TaskIncomplete.class);
        assertThat(former.isRunning()).isTrue();
    }

    /** Under the classic protocol a version with one input and one with two cannot be in one group: the new one says so, and follows. */
    @Test
    void shouldSayThatTheVersionWithOtherInputsHasToEndFirst() {
        use(GroupProtocol.CLASSIC);
        leaveOnStop = true;
        settings = settings.withConcurrency(1);
        String in = TestCluster.createTopic("in", 2);
        String added = TestCluster.createTopic("added", 2);
        String out = TestCluster.createTopic("out", 2);
        ProcessingRuntime former = start(directory.resolve("a"), counting("mixed", in, out, record -> false));
        TestCluster.send(in, 50, 10);
        awaitOutputs(out, 50);
        settings = settings.with(settings.worker().with(new InputChanges(Map.of(added, StartFrom.EARLIEST), Set.of())));

        ProcessingRuntime next = start(directory.resolve("b"), joining("mixed", in, added, out));

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(next.status("mixed").orElseThrow().message())
                                .contains("another version of the processor"));
        TestCluster.send(in, 50, 10);
        awaitOutputs(out, 100);
        former.stop();
        TestCluster.send(added, 50, 10);
        awaitOutputs(out, 150);
        assertCountedOnce(out);
    }

    /** Several processors of a service, each with several workers and two topics whose partitions belong together. */
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void shouldKeepThePartitionsOfSeveralTopicsTogether(GroupProtocol protocol) {
        use(protocol);
        String a = TestCluster.createTopic("a", 3);
        String b = TestCluster.createTopic("b", 3);
        String first = TestCluster.createTopic("first", 3);
        String second = TestCluster.createTopic("second", 3);
        ProcessingRuntime one =
                start(directory.resolve("one"), joining("joined", a, b, first), joining("other", a, b, second));
        TestCluster.send(a, 300, 30);
        TestCluster.send(b, 300, 30);
        await().atMost(Duration.ofSeconds(40))
                .until(() -> TestCluster.committed(first).size() == 600
                        && TestCluster.committed(second).size() == 600);
        // when another instance joins, tasks move as a whole
        ProcessingRuntime two =
                start(directory.resolve("two"), joining("joined", a, b, first), joining("other", a, b, second));
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            assertThat(phases(one, "joined")).containsOnly(TaskStatus.Phase.RUNNING);
            assertThat(phases(two, "joined")).containsOnly(TaskStatus.Phase.RUNNING);
            Set<Integer> all = new TreeSet<>(partitions(one, "joined"));
            all.addAll(partitions(two, "joined"));
            assertThat(all).containsExactly(0, 1, 2);
        });
        TestCluster.send(a, 300, 30);
        TestCluster.send(b, 300, 30);
        await().atMost(Duration.ofSeconds(40))
                .until(() -> TestCluster.committed(first).size() == 1200
                        && TestCluster.committed(second).size() == 1200);
        for (String out : List.of(first, second)) {
            Map<String, Long> last = new HashMap<>();
            TestCluster.committed(out)
                    .forEach(record -> assertThat(Long.parseLong(record.value()))
                            .as("one state for both topics of %s", record.key())
                            .isEqualTo(last.merge(record.key(), 1L, Long::sum)));
        }
    }

    /** A partition whose offset hangs in somebody's open transaction has to wait; no other one does. */
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void shouldDelayNobodyElseWhenThePendingOffsetOfOnePartitionHangs(GroupProtocol protocol) {
        use(protocol);
        String in = TestCluster.createTopic("in", 8);
        String out = TestCluster.createTopic("out", 8);
        ProcessorDefinition counts = counting("hanging", in, out, record -> false);
        ProcessingRuntime before = start(directory, counts);
        TestCluster.send(in, 400, 80);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(out).size() == 400);
        before.stop();
        events.clear();
        Map<String, Object> config = Map.of(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                TestCluster.unique("hanging"),
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                60_000);
        try (Producer<byte[], byte[]> foreign = TestCluster.clients().producer(config);
                Consumer<byte[], byte[]> nobody = TestCluster.clients()
                        .consumer(Map.of(ConsumerConfig.GROUP_ID_CONFIG, application + ".hanging"))) {
            foreign.initTransactions();
            foreign.beginTransaction();
            foreign.sendOffsetsToTransaction(
                    Map.of(new TopicPartition(in, 3), new OffsetAndMetadata(0)), nobody.groupMetadata());
            // when
            ProcessingRuntime after = start(directory, counts);
            TestCluster.send(in, 400, 80);
            // then all but that one go on, promptly
            await().atMost(Duration.ofSeconds(15))
                    .ignoreExceptions() // one that moves may be shown by both workers for a moment
                    .untilAsserted(() -> assertThat(after.status("hanging").orElseThrow().tasks().stream()
                                    .collect(Collectors.toMap(TaskStatus::partition, TaskStatus::phase)))
                            .hasSize(8)
                            .allSatisfy((partition, phase) -> assertThat(phase)
                                    .isEqualTo(
                                            partition == 3 ? TaskStatus.Phase.RESTORING : TaskStatus.Phase.RUNNING)));
            long held = TestCluster.committed(in).stream()
                            .filter(record -> record.partition() == 3)
                            .count()
                    / 2;
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> TestCluster.committed(out).size() == 800 - held);
            // and once it is let go, the last one as well
            foreign.abortTransaction();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> TestCluster.committed(out).size() == 800);
        }
    }

    private static ProcessorDefinition joining(String id, String a, String b, String out) {
        return new ProcessorDefinition(id, List.of(a, b), Set.of(out), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            return (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
            };
        });
    }

    private static Set<TaskStatus.Phase> phases(ProcessingRuntime runtime, String processor) {
        return tasks(runtime, processor).stream().map(TaskStatus::phase).collect(Collectors.toSet());
    }

    private static Set<Integer> partitions(ProcessingRuntime runtime, String processor) {
        return tasks(runtime, processor).stream().map(TaskStatus::partition).collect(Collectors.toSet());
    }
}
