package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.FailureKind;
import io.tidemark.api.IncomingRecord;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.RecordHandler;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.UnstorableValue;
import io.tidemark.api.ValueState;
import io.tidemark.codec.RawCodecs;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.kafka.DefaultPlacement;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.RecordFailed;
import io.tidemark.runtime.RuntimeEvent.RecordSkipped;
import io.tidemark.runtime.RuntimeEvent.TaskIsolated;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of records that fail: by what their handler does, and by what the broker says of their outputs. */
class ErrorPolicyIT extends RuntimeFixture {

    private enum Failure {
        CHECKED,
        RUNTIME,
        ERROR;

        void raise() throws Throwable {
            switch (this) {
                case CHECKED -> throw new Exception("secret of the record");
                case RUNTIME -> throw new IllegalStateException("secret of the record");
                default -> throw new AssertionError("secret of the record");
            }
        }
    }

    /** B1: whatever a handler throws, the record leaves no trace, is tried again, and then its task alone stops. */
    @ParameterizedTest
    @EnumSource(Failure.class)
    void shouldIsolateTheTaskOfARecordThatKeepsFailingWhileOthersGoOn(Failure failure) {
        String in = TestCluster.createTopic("in", 2);
        String out = TestCluster.createTopic("out", 2);
        ProcessingRuntime runtime = start(directory, failing("failing", in, out, isPoison(), failure));
        String poisoned = keyOf(0);
        String healthy = keyOf(1);
        TestCluster.send(in, poisoned, "fine");
        TestCluster.send(in, poisoned, "poison");
        TestCluster.send(in, poisoned, "after");
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            TestCluster.send(in, healthy, "other");
            return tasks(runtime, "failing").stream().anyMatch(task -> task.phase() == TaskStatus.Phase.ISOLATED);
        });
        long others = count(out, healthy);
        TestCluster.send(in, healthy, "other");
        await().atMost(Duration.ofSeconds(30)).until(() -> count(out, healthy) > others);
        assertThat(count(out, poisoned)).as("only what came before the poison").isEqualTo(1);
        assertThat(events.stream().filter(RecordFailed.class::isInstance)).hasSize(2);
        assertThat(tasks(runtime, "failing"))
                .filteredOn(task -> task.phase() == TaskStatus.Phase.ISOLATED)
                .singleElement()
                .satisfies(task -> assertThat(task.message())
                        .contains("failing: record at " + in)
                        .contains("@1 was not processed")
                        .contains("after 3 attempts")
                        .contains("nothing is lost")
                        .doesNotContain("secret"));
    }

    @Test
    void shouldTryAnIsolatedRecordAgainAfterARestart() {
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        ProcessingRuntime first = start(directory, failing("retried", in, out, isPoison(), Failure.RUNTIME));
        TestCluster.send(in, "k", "fine");
        TestCluster.send(in, "k", "poison");
        TestCluster.send(in, "k", "after");
        await().atMost(Duration.ofSeconds(30)).until(() -> events.stream().anyMatch(TaskIsolated.class::isInstance));
        first.stop();
        // the fixed version takes it
        start(directory, failing("retried", in, out, record -> false, Failure.RUNTIME));
        await().atMost(Duration.ofSeconds(30)).until(() -> count(out, "k") == 3);
        assertThat(values(out)).containsExactly("1", "2", "3");
    }

    /** Somebody on call has other ways than to skip whatever fails. */
    @ParameterizedTest
    @EnumSource(RecordDecision.class)
    void shouldDoWithTheIsolatedRecordWhatAPersonSays(RecordDecision decision) {
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        String letters = TestCluster.createTopic("letters", 1);
        settings = with(ErrorPolicy.FAIL, letters);
        AtomicBoolean broken = new AtomicBoolean(true);
        ProcessingRuntime runtime =
                start(directory, failing("decided", in, out, isPoison().and(record -> broken.get()), Failure.RUNTIME));
        for (String value : List.of("a", "poison", "b")) {
            TestCluster.send(in, "k", value);
        }
        TaskStatus stopped = awaitPhase(runtime, "decided", 0, TaskStatus.Phase.ISOLATED);
        assertThat(stopped.record()).isEqualTo(new RecordId(in, 0, 1));
        assertThat(runtime.decide("decided", new RecordId(in, 0, 0), decision))
                .as("not that one")
                .isEqualTo(DecisionOutcome.NOT_STOPPED);
        broken.set(false);

        assertThat(runtime.decide("decided", new RecordId(in, 0, 1), decision)).isEqualTo(DecisionOutcome.TAKEN);

        int results = decision == RecordDecision.RETRY ? 3 : 2;
        await().atMost(Duration.ofSeconds(30)).until(() -> count(out, "k") == results);
        assertThat(TestCluster.committed(letters)).hasSize(decision == RecordDecision.DEAD_LETTER ? 1 : 0);
        awaitPhase(runtime, "decided", 0, TaskStatus.Phase.RUNNING);
        assertThat(runtime.decide("decided", new RecordId(in, 0, 1), decision))
                .as("once")
                .isEqualTo(DecisionOutcome.NOT_STOPPED);
    }

    /** Trying again what cannot be read would hold up what comes behind it by a second and a half each. */
    @Test
    void shouldNotTryAgainWhatCannotBecomeRight() {
        settings = with(ErrorPolicy.SKIP, null);
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        ProcessorDefinition reading = throwing(
                "reading",
                in,
                out,
                record -> new String(record.value(), UTF_8).equals("garbage")
                        ? ProcessorFailed.unfit("its value cannot be read", null)
                        : null);
        try (Producer<byte[], byte[]> producer = TestCluster.clients().producer(Map.of())) {
            for (int i = 0; i < 3_010; i++) {
                String value = i < 3_000 ? "garbage" : "good";
                producer.send(new ProducerRecord<>(in, 0, "k".getBytes(UTF_8), value.getBytes(UTF_8)));
            }
        }

        ProcessingRuntime runtime = start(directory, reading);

        awaitOutputs(out, 10);
        RecordTotals totals = runtime.status("reading").orElseThrow().records();
        assertThat(totals.skipped()).isEqualTo(3_000);
        assertThat(totals.failures()).containsEntry(FailureKind.AGAIN, 0L);
        assertThat(events).noneMatch(RecordFailed.class::isInstance);
    }

    /** A registry or a database that is away is nothing a record is to blame for: nothing is given up, however long it takes. */
    @ParameterizedTest
    @EnumSource(ErrorPolicy.class)
    void shouldGiveUpNothingWhileSomethingIsAway(ErrorPolicy policy) {
        String in = TestCluster.createTopic("in", 2);
        String out = TestCluster.createTopic("out", 2);
        String letters = TestCluster.createTopic("letters", 1);
        settings = with(policy, letters);
        AtomicBoolean away = new AtomicBoolean(true);
        ProcessingRuntime runtime = start(
                directory,
                throwing(
                        "waiting",
                        in,
                        out,
                        record -> away.get() && record.partition() == 0
                                ? new IllegalStateException(new ConnectException("secret"))
                                : null));
        for (int i = 0; i < 20; i++) {
            TestCluster.send(in, keyOf(0), Integer.toString(i));
            TestCluster.send(in, keyOf(1), Integer.toString(i));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> count(out, keyOf(1)) == 20);
        TaskStatus waiting = awaitPhase(runtime, "waiting", 0, TaskStatus.Phase.WAITING);
        assertThat(waiting.message())
                .contains(in + "-0@0")
                .contains("java.net.ConnectException")
                .contains("is away")
                .doesNotContain("secret");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> events.stream()
                        .anyMatch(event -> event instanceof RecordFailed failed && failed.attempt() > 5));

        away.set(false);

        awaitOutputs(out, 40);
        assertCountedOnce(out);
        RecordTotals totals = runtime.status("waiting").orElseThrow().records();
        assertThat(totals.skipped() + totals.deadLettered()).isZero();
        awaitPhase(runtime, "waiting", 0, TaskStatus.Phase.RUNNING);
    }

    /** B2: nobody can promise anything after it; the processor stops here, uncommitted work does not count, and another one goes on. */
    @Test
    void shouldStopTheProcessorWhoseHandlerRanOutOfMemoryAndNoOther() {
        String in = TestCluster.createTopic("in", 2);
        String out = TestCluster.createTopic("out", 2);
        String other = TestCluster.createTopic("other", 2);
        AtomicBoolean full = new AtomicBoolean();
        ProcessorDefinition hungry =
                new ProcessorDefinition("hungry", List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
                    ValueState<Long> count = states.state(COUNT);
                    return (record, emitter) -> {
                        long next = count.update(() -> 0L, n -> n + 1);
                        if (full.get()) {
                            // more than any heap, and gone at once: the rest of this JVM is to live on
                            next += new long[256][Integer.MAX_VALUE - 8].length;
                        }
                        emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
                    };
                });
        ProcessingRuntime runtime = start(directory, hungry, counting("frugal", in, other, record -> false));
        TestCluster.send(in, 20, 4);
        awaitOutputs(out, 20);
        full.set(true);
        TestCluster.send(in, 20, 4);

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(runtime.status("hungry").orElseThrow())
                        .satisfies(status -> assertThat(status.state()).isEqualTo(ProcessorStatus.State.FAILED))
                        .satisfies(status -> assertThat(status.message())
                                .contains("died of java.lang.OutOfMemoryError")
                                .contains(" at record " + in)));
        awaitOutputs(other, 40);
        assertThat(runtime.status("frugal").orElseThrow().state()).isEqualTo(ProcessorStatus.State.RUNNING);
        assertThat(TestCluster.committed(out)).hasSize(20);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> runtime.status("hungry").orElseThrow().lag() == 20); // nobody has its partitions

        full.set(false);
        runtime.stop();
        start(directory, hungry);
        awaitOutputs(out, 40);
        assertCountedOnce(out);
    }

    /** What is left of a way out once retention was quicker than a person. */
    @Test
    void shouldLeaveOutTheRecordThatWasDeletedBeforeSomebodySaidSo() throws Exception {
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        ProcessingRuntime runtime = start(directory, counting("gone", in, out, isPoison()));
        List.of("fine", "poison", "after").forEach(text -> TestCluster.send(in, "k", text));
        awaitPhase(runtime, "gone", 0, TaskStatus.Phase.ISOLATED);
        try (Admin admin = TestCluster.clients().admin()) {
            admin.deleteRecords(Map.of(new TopicPartition(in, 0), RecordsToDelete.beforeOffset(2)))
                    .all()
                    .get();
        }

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(tasks(runtime, "gone").get(0).message())
                        .contains("Meanwhile the record was deleted"));
        assertThat(runtime.decide("gone", new RecordId(in, 0, 1), RecordDecision.RETRY))
                .isEqualTo(DecisionOutcome.RECORD_GONE);

        assertThat(runtime.decide("gone", new RecordId(in, 0, 1), RecordDecision.SKIP))
                .isEqualTo(DecisionOutcome.TAKEN);

        awaitOutputs(out, 2);
        assertCountedOnce(out);
    }

    /** H2: its neighbours in the batch are told only that they were in it. */
    @Test
    void shouldFindOneRefusedOutputAmongThousandsWithinTwoAttempts() {
        settings = with(ErrorPolicy.SKIP, null);
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        try (Producer<byte[], byte[]> producer = TestCluster.clients().producer(Map.of())) {
            for (int i = 0; i < 8_000; i++) {
                String value = i == 5_000 ? "ahead" : "now";
                producer.send(new ProducerRecord<>(in, 0, "k".getBytes(UTF_8), value.getBytes(UTF_8)));
            }
        }
        ProcessingRuntime runtime = start(
                directory,
                new ProcessorDefinition("ahead", List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
                    ValueState<Long> count = states.state(COUNT);
                    return (record, emitter) -> {
                        long next = count.update(() -> 0L, n -> n + 1);
                        boolean ahead = new String(record.value(), UTF_8).equals("ahead");
                        emitter.emit(
                                out,
                                record.key(),
                                Long.toString(next).getBytes(UTF_8),
                                ahead ? record.timestamp() + Duration.ofHours(2).toMillis() : null,
                                Map.of());
                    };
                }));

        awaitOutputs(out, 7_999);

        assertThat(runtime.status("ahead").orElseThrow().records().skipped()).isEqualTo(1);
        assertThat(events)
                .filteredOn(RuntimeEvent.CheckpointAborted.class::isInstance)
                .hasSizeLessThanOrEqualTo(2);
        assertThat(events).noneMatch(RuntimeEvent.ProducerReplaced.class::isInstance);
        assertCountedOnce(out);
    }

    @Test
    void shouldLeaveOutWhatKeepsFailing() {
        settings = with(ErrorPolicy.SKIP, null);
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        ProcessingRuntime runtime = start(directory, failing("skipping", in, out, isPoison(), Failure.CHECKED));
        for (String value : List.of("a", "poison", "b", "poison", "c")) {
            TestCluster.send(in, "k", value);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> count(out, "k") == 3);
        assertThat(values(out)).as("state as if the poison had never been").containsExactly("1", "2", "3");
        assertThat(runtime.status("skipping").orElseThrow().records().skipped()).isEqualTo(2);
    }

    /** Fits its type, and shows only when it is written that it cannot be: nothing of it is committed, and only its record is left out. */
    private static final class NoThirteen implements StateCodec<Long> {

        @Override
        public String id() {
            return "no-thirteen";
        }

        @Override
        public String schema() {
            return "1";
        }

        @Override
        public byte[] encode(Long value) {
            if (value == 13) {
                throw new UnstorableValue("it brings bad luck");
            }
            return RawCodecs.LONG.encode(value);
        }

        @Override
        public Long decode(byte[] bytes) {
            return RawCodecs.LONG.decode(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldLeaveOutTheRecordWhoseValueCannotBeWrittenAndKeepItsNeighbours(int attempts) {
        settings = settings.with(settings.worker()
                .with(ErrorSettings.defaults()
                        .withAttempts(attempts, Duration.ofMillis(20))
                        .with(ErrorPolicy.SKIP, null)));
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        StateDescriptor<ValueState<Long>> last = StateDescriptor.value("last", new NoThirteen());
        ProcessingRuntime runtime = start(
                directory,
                new ProcessorDefinition("writing", List.of(in), Set.of(out), List.of(last), Set.of(), states -> {
                    ValueState<Long> state = states.state(last);
                    return (record, emitter) -> {
                        Long before = state.get();
                        state.set(Long.parseLong(new String(record.value(), java.nio.charset.StandardCharsets.UTF_8)));
                        emitter.emit(out, record.key(), String.valueOf(before).getBytes(), null, java.util.Map.of());
                    };
                }));
        for (String value : List.of("1", "2", "13", "4", "5")) {
            TestCluster.send(in, "k" + value, value);
        }
        await().atMost(Duration.ofSeconds(40))
                .until(() -> TestCluster.committed(out).size() == 4);
        assertThat(TestCluster.committed(out))
                .extracting(ConsumerRecord::key)
                .as("all but the one")
                .containsExactly("k1", "k2", "k4", "k5");
        assertThat(runtime.status("writing").orElseThrow().records().skipped()).isEqualTo(1);
        assertThat(events.stream().filter(RecordSkipped.class::isInstance).map(Object::toString))
                .singleElement()
                .asString()
                .contains("'last'")
                .contains("it brings bad luck");
    }

    @Test
    void shouldSendWhatKeepsFailingToTheDeadLettersInTheSameTransaction() {
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        String letters = TestCluster.createTopic("letters", 1);
        settings = with(ErrorPolicy.DEAD_LETTER, letters);
        ProcessingRuntime runtime = start(directory, failing("lettering", in, out, isPoison(), Failure.RUNTIME));
        for (String value : List.of("a", "poison", "b")) {
            TestCluster.send(in, "k", value);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> count(out, "k") == 2);
        List<ConsumerRecord<String, String>> dead = TestCluster.committed(letters);
        assertThat(dead).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo("k");
            assertThat(letter.value()).isEqualTo("poison");
            assertThat(header(letter, "original-topic")).asString(UTF_8).isEqualTo(in);
            assertThat(ByteBuffer.wrap(header(letter, "original-offset")).getLong())
                    .isEqualTo(1);
            assertThat(ByteBuffer.wrap(header(letter, "original-partition")).getInt())
                    .isZero();
            assertThat(header(letter, "original-consumer-group"))
                    .asString(UTF_8)
                    .isEqualTo(application + ".lettering");
            assertThat(header(letter, "exception-message"))
                    .asString(UTF_8)
                    .contains(in + "-0@1")
                    .doesNotContain("secret");
            assertThat(header(letter, "exception-cause-fqcn"))
                    .asString(UTF_8)
                    .isEqualTo(IllegalStateException.class.getName());
        });
        assertThat(runtime.status("lettering").orElseThrow().records().deadLettered())
                .isEqualTo(1);
    }

    @Test
    void shouldNotStartWithoutItsDeadLetterTopic() {
        settings = with(ErrorPolicy.DEAD_LETTER, null);
        String in = TestCluster.createTopic("in", 1);
        ProcessingRuntime runtime = start(directory, failing("letterless", in, in, isPoison(), Failure.RUNTIME));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> String.valueOf(
                                runtime.status("letterless").orElseThrow().message())
                        .contains("dead-letter topic " + in + "-dlt does not exist"));
    }

    /** C18: the topic takes less than the producer sends; the record is found among its neighbours and given up, never a loop. */
    @ParameterizedTest
    @EnumSource(ErrorPolicy.class)
    void shouldFindTheRecordWhoseOutputTheBrokerRefuses(ErrorPolicy policy) throws Exception {
        String in = TestCluster.createTopic("in", 2);
        String letters = TestCluster.createTopic("letters", 2);
        String out = narrowTopic(2);
        settings = with(policy, letters);
        ProcessingRuntime runtime = start(
                directory,
                new ProcessorDefinition("wide", List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
                    ValueState<Long> count = states.state(COUNT);
                    return (record, emitter) -> {
                        long next = count.update(() -> 0L, n -> n + 1);
                        if (policy != ErrorPolicy.FAIL && new String(record.value(), UTF_8).equals("3")) {
                            throw new IllegalStateException(
                                    "one that fails by itself, a little before in its partition");
                        }
                        boolean wide = new String(record.value(), UTF_8).equals("13");
                        byte[] value =
                                wide ? new byte[20_000] : Long.toString(next).getBytes(UTF_8);
                        emitter.emit(out, record.key(), value, null, Map.of());
                    };
                }));
        TestCluster.send(in, 200, 10);
        int home = new DefaultPlacement().partitionOf("k3".getBytes(UTF_8), 2);
        long elsewhere = TestCluster.committed(in).stream()
                .filter(record -> record.partition() != home)
                .count();
        long expected = policy == ErrorPolicy.FAIL ? elsewhere : 198;
        await().atMost(Duration.ofSeconds(60))
                .until(() -> TestCluster.committed(out).size() >= expected);
        if (policy == ErrorPolicy.FAIL) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(tasks(runtime, "wide"))
                            .filteredOn(task -> task.phase() == TaskStatus.Phase.ISOLATED)
                            .singleElement()
                            .satisfies(task -> assertThat(task.message())
                                    .contains("record at " + in)
                                    .contains("An output could not be sent")));
        } else {
            RecordTotals totals = runtime.status("wide").orElseThrow().records();
            assertThat(policy == ErrorPolicy.SKIP ? totals.skipped() : totals.deadLettered())
                    .isPositive();
            assertThat(TestCluster.committed(letters)).hasSize(policy == ErrorPolicy.SKIP ? 0 : 2);
            assertThat(TestCluster.committed(out)).hasSize(198);
        }
    }

    private static String narrowTopic(int partitions) throws Exception {
        String topic = TestCluster.unique("narrow");
        try (Admin admin = TestCluster.clients().admin()) {
            admin.createTopics(List.of(
                            new NewTopic(topic, partitions, (short) 1).configs(Map.of("max.message.bytes", "10000"))))
                    .all()
                    .get();
        }
        return topic;
    }

    private static Predicate<IncomingRecord> isPoison() {
        return record -> new String(record.value(), UTF_8).equals("poison");
    }

    private static ProcessorDefinition failing(
            String id, String in, String out, Predicate<IncomingRecord> fails, Failure failure) {
        return new ProcessorDefinition(id, List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            RecordHandler handler = (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
                if (fails.test(record)) {
                    failure.raise();
                }
            };
            return handler;
        });
    }

    /** Counts, and throws what the test says. */
    private static ProcessorDefinition throwing(
            String id, String in, String out, Function<IncomingRecord, RuntimeException> failure) {
        return new ProcessorDefinition(id, List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            return (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                RuntimeException thrown = failure.apply(record);
                if (thrown != null) {
                    throw thrown;
                }
                emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
            };
        });
    }

    private static long count(String topic, String key) {
        return TestCluster.committed(topic).stream()
                .filter(record -> key.equals(record.key()))
                .count();
    }

    private static List<String> values(String topic) {
        return TestCluster.committed(topic).stream().map(ConsumerRecord::value).toList();
    }

    private static byte[] header(ConsumerRecord<?, ?> record, String name) {
        return record.headers().lastHeader("kafka_dlt-" + name).value();
    }
}
