package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.RecordHandler;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.kafka.TestCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The engine against a real broker. */
class ProcessingRuntimeIT extends RuntimeFixture {

    @Test
    void shouldRefuseMovedOffsetsAndGoOnWhenTheyArePutBack() throws Exception {
        // given a processor that has committed
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        ProcessorDefinition counts = counting("moved", in, out, record -> false);
        ProcessingRuntime first = start(directory, counts);
        TestCluster.send(in, 100, 5);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(out).size() == 100);
        first.stop();
        TopicPartition partition = new TopicPartition(in, 0);
        String group = application + ".moved";

        try (Admin admin = TestCluster.clients().admin()) {
            OffsetAndMetadata before = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(partition);
            awaitEmpty(admin, group);
            admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(10)))
                    .all()
                    .get();

            // when
            ProcessingRuntime second = start(directory, counts);

            // then
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(tasks(second, "moved"))
                            .singleElement()
                            .satisfies(task -> {
                                assertThat(task.phase()).isEqualTo(TaskStatus.Phase.REFUSED);
                                assertThat(task.message())
                                        .contains("moved/0")
                                        .contains("changed outside")
                                        .contains("Put the offsets back");
                            }));
            assertThat(TestCluster.committed(out)).hasSize(100);

            // when the way back is taken
            second.stop();
            awaitEmpty(admin, group);
            admin.alterConsumerGroupOffsets(group, Map.of(partition, before))
                    .all()
                    .get();
            start(directory, counts);
            TestCluster.send(in, 100, 5);

            // then
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> TestCluster.committed(out).size() == 200);
            assertThat(TestCluster.committed(out).get(199).value()).isEqualTo("40");
        }
    }

    @Test
    void shouldCommitWithoutWaitingForTheIntervalWhenCaughtUp() {
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        settings = settings.with(settings.worker()
                .with(new CheckpointSettings(
                        Duration.ofMinutes(5),
                        100_000,
                        16 << 20,
                        Duration.ofMillis(10),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(5))));
        start(directory, counting("prompt", in, out, record -> false));
        for (int sent = 1; sent <= 3; sent++) {
            TestCluster.send(in, "k", "v");
            int count = sent;
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> TestCluster.committed(out).size() == count);
        }
    }

    @Test
    void shouldRetryARecordThatFailsNowAndThen() {
        String in = TestCluster.createTopic("in", 2);
        String out = TestCluster.createTopic("out", 2);
        Map<Long, Integer> attempts = new java.util.concurrent.ConcurrentHashMap<>();
        start(
                directory,
                counting(
                        "flaky",
                        in,
                        out,
                        record -> record.offset() % 50 == 3
                                && attempts.merge(record.offset() * 2 + record.partition(), 1, Integer::sum) < 2));

        TestCluster.send(in, 300, 10);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(out).size() == 300);
        Map<String, Long> last = new HashMap<>();
        TestCluster.committed(out).forEach(record -> {
            assertThat(Long.parseLong(record.value())).isEqualTo(last.merge(record.key(), 1L, Long::sum));
        });
    }

    @Test
    void shouldNameTheTopicWhenThereIsNone() {
        ProcessingRuntime runtime = start(directory, counting("lonely", "no-such-topic", "out", record -> false));

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            ProcessorStatus status = runtime.status("lonely").orElseThrow();
            assertThat(status.state()).isEqualTo(ProcessorStatus.State.RESTARTING);
            assertThat(status.message())
                    .contains("lonely")
                    .contains("no-such-topic")
                    .contains("does not exist");
        });
    }

    @Test
    void shouldReadSeveralTopicsAndStopOnAPoisonRecordOfOneWhileTheOtherFlows() {
        String a = TestCluster.createTopic("a", 2);
        String b = TestCluster.createTopic("b", 2);
        String out = TestCluster.createTopic("out", 2);
        ProcessorDefinition both =
                new ProcessorDefinition("both", List.of(a, b), Set.of(out), List.of(COUNT), Set.of(), states -> {
                    ValueState<Long> count = states.state(COUNT);
                    RecordHandler handler = (record, emitter) -> {
                        if (new String(record.value(), UTF_8).equals("poison")) {
                            throw new IllegalStateException("as the test wants it");
                        }
                        long next = count.update(() -> 0L, n -> n + 1);
                        emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
                    };
                    return handler;
                });
        ProcessingRuntime runtime = start(directory, both);
        TestCluster.send(a, 200, 10);
        TestCluster.send(b, 200, 10);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(out).size() == 400);
        Map<String, Long> last = new HashMap<>();
        TestCluster.committed(out)
                .forEach(record -> assertThat(Long.parseLong(record.value()))
                        .as("state of one key is one, whatever topic its records come from")
                        .isEqualTo(last.merge(record.key(), 1L, Long::sum)));

        TestCluster.send(b, "k1", "poison");
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            TestCluster.send(a, 20, 10);
            return tasks(runtime, "both").stream().anyMatch(task -> task.phase() == TaskStatus.Phase.ISOLATED);
        });
        assertThat(tasks(runtime, "both"))
                .filteredOn(task -> task.phase() == TaskStatus.Phase.ISOLATED)
                .singleElement()
                .satisfies(task -> assertThat(task.message()).contains(b + "-"));
    }

    @Test
    void shouldFailTheRecordWhoseValueCannotBeWrittenAndNameTheState() {
        String in = TestCluster.createTopic("in", 1);
        StateDescriptor<ValueState<Long>> broken = StateDescriptor.value("broken", new UnwritableCodec());
        ProcessorDefinition definition =
                new ProcessorDefinition("unwritable", List.of(in), Set.of(), List.of(broken), Set.of(), states -> {
                    ValueState<Long> state = states.state(broken);
                    return (record, emitter) -> state.set(record.offset());
                });
        ProcessingRuntime runtime = start(directory, definition);
        TestCluster.send(in, 5, 2);

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(tasks(runtime, "unwritable"))
                        .singleElement()
                        .satisfies(task -> {
                            assertThat(task.phase()).isEqualTo(TaskStatus.Phase.ISOLATED);
                            assertThat(task.message())
                                    .contains("unwritable: record at " + in + "-0@0 was not processed")
                                    .contains("a value of state 'broken' cannot be stored")
                                    .doesNotContain("secret");
                        }));
    }

    @Test
    void shouldGoOnWhenAHandlerLeavesItsThreadInterrupted() {
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        ProcessingRuntime runtime = start(directory, counting("interrupting", in, out, record -> {
            if (record.offset() % 3 == 0) {
                Thread.currentThread().interrupt();
            }
            return false;
        }));

        TestCluster.send(in, 20, 3);

        await().atMost(Duration.ofSeconds(40))
                .until(() -> TestCluster.committed(out).size() == 20);
        assertThat(runtime.status("interrupting").orElseThrow().state()).isEqualTo(ProcessorStatus.State.RUNNING);
        assertThat(events).noneMatch(RuntimeEvent.WorkerRestarting.class::isInstance);
    }

    @Test
    void shouldReportRunningAgainOnceATopicThatWasMissingIsThere() throws Exception {
        String in = TestCluster.unique("late");
        ProcessingRuntime runtime =
                start(directory, counting("patient", in, TestCluster.createTopic("out", 1), record -> false));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> runtime.status("patient").orElseThrow().state() == ProcessorStatus.State.RESTARTING);

        try (Admin admin = TestCluster.clients().admin()) {
            admin.createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic(in, 1, (short) 1)))
                    .all()
                    .get();
        }

        // two workers, one partition: the one without a task is fine as well
        await().atMost(Duration.ofSeconds(40))
                .until(() -> runtime.status("patient").orElseThrow().state() == ProcessorStatus.State.RUNNING);
    }

    @Test
    void shouldReleaseEverythingWhenAStartFails() {
        String in = TestCluster.createTopic("in", 1);
        ProcessorDefinition definition = counting("retried", in, in, record -> false);
        ProcessingRuntime tooSmall = new ProcessingRuntime(
                new RuntimeSettings(
                        application,
                        "this test",
                        new StateSettings(StateBackend.ROCKSDB, directory, 1000, false),
                        Duration.ofSeconds(5),
                        false),
                List.of(definition),
                Map.of("retried", ProcessorSettings.defaults()),
                Map.of("retried", TestCluster.clients()),
                List.of());

        assertThatThrownBy(tooSmall::start).isInstanceOf(IllegalArgumentException.class);

        assertThat(start(directory, definition).isRunning()).isTrue();
    }

    @Test
    void shouldRefuseADirectoryThatIsInUse() {
        String in = TestCluster.createTopic("in", 1);
        start(directory, counting("one", in, in, record -> false));

        assertThatThrownBy(() -> start(directory, counting("two", in, in, record -> false)))
                .isInstanceOf(EnvironmentRefused.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("another application context in this JVM: this test");
    }

    private static final class UnwritableCodec implements io.tidemark.api.StateCodec<Long> {

        @Override
        public String id() {
            return "unwritable";
        }

        @Override
        public String schema() {
            return "unwritable";
        }

        @Override
        public byte[] encode(Long value) {
            throw new IllegalStateException("secret " + value);
        }

        @Override
        public Long decode(byte[] bytes) {
            return 0L;
        }
    }
}
