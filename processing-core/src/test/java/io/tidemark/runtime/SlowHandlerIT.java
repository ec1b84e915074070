package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.GroupProtocol;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.MembershipSettings;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.ProducerReplaced;
import io.tidemark.runtime.RuntimeEvent.RecordSkipped;
import io.tidemark.runtime.RuntimeEvent.TaskIsolated;
import io.tidemark.runtime.RuntimeEvent.WorkerReplaced;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handler may take longer than a transaction: an HTTP client whose server is away, for instance. It costs its neighbours time, and nothing else. */
class SlowHandlerIT extends RuntimeFixture {

    private static final Duration TRANSACTION = Duration.ofSeconds(1);

    private static final String FIRST = keyOf(0);
    private static final String SECOND = keyOf(1);

    private final String in = TestCluster.createTopic("in", 2);
    private final String out = TestCluster.createTopic("out", 2);
    private final AtomicInteger calls = new AtomicInteger();
    private int pollInterval = 60_000;
    private volatile boolean released;

    @Override
    KafkaClients clients() {
        return TestCluster.clients(Map.of("max.poll.interval.ms", pollInterval));
    }

    @BeforeEach
    void oneWorkerWithShortTransactions() {
        settings = settings.withConcurrency(1)
                .with(new MembershipSettings(
                        GroupProtocol.CLASSIC, true, Duration.ofSeconds(3), Duration.ofMillis(300), TRANSACTION));
    }

    @Test
    void shouldIsolateTheRecordThatFailsSlowlyAndCommitEverythingElse() {
        ProcessingRuntime runtime = start(directory, sleeping("slow", Duration.ofSeconds(2), true));
        sendAroundSlow();

        awaitPhase(runtime, "slow", 0, TaskStatus.Phase.ISOLATED);

        assertThat(calls)
                .as("attempts at the slow record, and the one that found out")
                .hasValueBetween(3, 4);
        assertThat(events).filteredOn(ProducerReplaced.class::isInstance).hasSizeLessThanOrEqualTo(1);
        TestCluster.send(in, SECOND, "quick");
        await().atMost(Duration.ofSeconds(10)).until(() -> count(SECOND) == 21);
        assertThat(count(FIRST)).as("what came before the slow record").isEqualTo(10);
        assertThat(events).filteredOn(TaskIsolated.class::isInstance).hasSize(1);
        assertCountedOnce(out);
    }

    @Test
    void shouldCommitWhatTookLongerThanATransaction() {
        start(directory, sleeping("slow", Duration.ofSeconds(2), false));
        sendAroundSlow();

        awaitOutputs(out, 41);

        assertThat(calls).as("the call that found out, and the one that counts").hasValueBetween(1, 2);
        assertCountedOnce(out);
    }

    /** It costs the membership each time, so it is not tried as often as other records. */
    @Test
    void shouldGiveUpTheRecordThatTakesLongerThanTheGroupWaits() {
        pollInterval = 3_000;
        settings =
                settings.with(settings.worker().with(settings.worker().errors().with(ErrorPolicy.SKIP, null)));
        start(directory, sleeping("slow", Duration.ofSeconds(8), false));
        sendAroundSlow();

        awaitOutputs(out, 40);

        assertThat(calls).hasValueBetween(2, 3);
        assertThat(events)
                .filteredOn(RecordSkipped.class::isInstance)
                .singleElement()
                .satisfies(event -> assertThat(((RecordSkipped) event).message())
                        .contains("took longer than max.poll.interval.ms, which is 3000"));
        assertCountedOnce(out);
    }

    /** B3: whoever takes the task over finds out for itself, and nobody tries for ever. */
    @Test
    void shouldGiveUpTheRecordThatTakesTooLongAmongSeveralInstances() {
        pollInterval = 2_000;
        settings =
                settings.with(settings.worker().with(settings.worker().errors().with(ErrorPolicy.SKIP, null)));
        start(directory.resolve("a"), sleeping("slow", Duration.ofSeconds(4), false));
        start(directory.resolve("b"), sleeping("slow", Duration.ofSeconds(4), false));
        sendAroundSlow();

        awaitOutputs(out, 40);

        assertThat(calls).as("two of each instance, and one that was under way").hasValueBetween(2, 5);
        assertThat(events).filteredOn(RecordSkipped.class::isInstance).isNotEmpty();
        assertCountedOnce(out);
    }

    /** A loop that never ends does not hear that it is interrupted; nobody else is there to take its tasks. */
    @Test
    void shouldGiveUpTheRecordOfACallThatNeverEnds() {
        pollInterval = 2_000;
        settings =
                settings.with(settings.worker().with(settings.worker().errors().with(ErrorPolicy.SKIP, null)));
        try {
            ProcessingRuntime runtime = start(directory, sleeping("spinning", Duration.ZERO, false));
            sendAroundSlow();

            awaitOutputs(out, 40);

            assertThat(calls).hasValueBetween(2, 3);
            assertThat(events).filteredOn(WorkerReplaced.class::isInstance).hasSizeBetween(1, 3);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(
                                    runtime.status("spinning").orElseThrow().records())
                            .satisfies(records -> assertThat(records.skipped()).isEqualTo(1)));
            assertCountedOnce(out);
        } finally {
            released = true;
        }
    }

    /** A server that is away costs each attempt its time-out; the tasks that wait for it must not take all of the worker. */
    @Test
    void shouldLeaveItsNeighboursMostOfTheTimeWhileManyTasksWait() throws Exception {
        String wide = TestCluster.createTopic("wide", 8);
        start(directory, waiting(wide, Duration.ofMillis(500)));
        try (Producer<byte[], byte[]> producer = TestCluster.clients().producer(Map.of())) {
            for (int partition = 0; partition < 6; partition++) {
                send(producer, wide, partition, "away");
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> calls.get() >= 6);
            int first = calls.get();
            long begun = System.nanoTime();
            int sent = 0;
            while (System.nanoTime() - begun < Duration.ofSeconds(6).toNanos()) {
                send(producer, wide, 6 + sent++ % 2, "quick");
                TimeUnit.MILLISECONDS.sleep(50);
            }

            assertThat(calls.get() - first)
                    .as("half seconds out of twelve, a quarter of them and the ones that were under way")
                    .isBetween(1, 5);
            int all = sent;
            awaitOutputs(out, all);
        }
    }

    private static void send(Producer<byte[], byte[]> producer, String topic, int partition, String value) {
        producer.send(new ProducerRecord<>(topic, partition, new byte[] {1}, value.getBytes(UTF_8)));
    }

    /** What a worker says of itself is as old as its last duty cycle. */
    @Test
    void shouldCountWhatComesWhileAHandlerIsSlow() {
        try {
            ProcessingRuntime runtime = start(directory, sleeping("slow", Duration.ZERO, false));
            TestCluster.send(in, FIRST, "quick");
            awaitOutputs(out, 1);
            TestCluster.send(in, FIRST, "slow");
            await().atMost(Duration.ofSeconds(20)).until(() -> calls.get() == 1);

            TestCluster.send(in, 500, 10);

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> tasks(runtime, "slow").stream()
                                    .mapToLong(TaskStatus::lag)
                                    .sum()
                            >= 500);
            assertThat(calls).as("still in its first call").hasValue(1);
        } finally {
            released = true;
        }
    }

    private void sendAroundSlow() {
        for (int i = 0; i < 20; i++) {
            if (i == 10) {
                TestCluster.send(in, FIRST, "slow");
            }
            TestCluster.send(in, FIRST, "quick");
            TestCluster.send(in, SECOND, "quick");
        }
    }

    private long count(String key) {
        return TestCluster.committed(out).stream()
                .filter(record -> record.key().equals(key))
                .count();
    }

    private ProcessorDefinition waiting(String topic, Duration time) {
        return new ProcessorDefinition("waiting", List.of(topic), Set.of(out), List.of(COUNT), Set.of(), states -> {
            return (record, emitter) -> {
                if (new String(record.value(), UTF_8).equals("away")) {
                    calls.incrementAndGet();
                    TimeUnit.MILLISECONDS.sleep(time.toMillis());
                    throw new ConnectException("nobody listens");
                }
                emitter.emit(out, record.key(), record.value(), null, Map.of());
            };
        });
    }

    private ProcessorDefinition sleeping(String id, Duration time, boolean fails) {
        return new ProcessorDefinition(id, List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            return (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                if (new String(record.value(), UTF_8).equals("slow")) {
                    calls.incrementAndGet();
                    TimeUnit.MILLISECONDS.sleep(time.toMillis());
                    while (time.isZero() && !released) {
                        Thread.onSpinWait();
                    }
                    if (fails) {
                        throw new IllegalStateException("the server did not answer");
                    }
                }
                emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
            };
        });
    }
}
