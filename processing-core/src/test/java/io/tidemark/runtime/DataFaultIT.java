package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.RawCodecs;
import io.tidemark.kafka.DefaultPlacement;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.CheckpointCommitted;
import io.tidemark.runtime.RuntimeEvent.RecordMisplaced;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** G2 to G4: keys, sizes and times nobody expects. What bytes do to JSON and other formats is tested on Spring's side. */
class DataFaultIT extends RuntimeFixture {

    private final String in = TestCluster.createTopic("in", 2);
    private final String out = TestCluster.createTopic("out", 2);

    @Test
    void shouldTakeAnEmptyKeyRefuseNoneAndHandTombstonesOn() {
        settings = with(ErrorPolicy.SKIP, null);
        ProcessorDefinition definition =
                new ProcessorDefinition("keys", List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
                    ValueState<Long> count = states.state(COUNT);
                    return (record, emitter) -> {
                        long next = count.update(() -> 0L, n -> n + 1);
                        byte[] value = record.value() == null
                                ? null
                                : Long.toString(next).getBytes(UTF_8);
                        emitter.emit(out, record.key(), value, null, Map.of());
                    };
                });
        ProcessingRuntime runtime = start(directory, definition);
        send(0, new byte[0], "a");
        send(0, null, "no home");
        send(0, new byte[0], null);
        send(0, new byte[0], "b");
        awaitOutputs(out, 3);
        assertThat(TestCluster.committed(out)).extracting(ConsumerRecord::value).containsExactly("1", null, "3");
        assertThat(runtime.status("keys").orElseThrow().records().skipped()).isEqualTo(1);
        assertThat(events.toString()).contains("has a null key: it has no home partition");
    }

    @Test
    void shouldFindKeysThatLieWhereTheDefaultPartitionerWouldNotPutThem() {
        settings = settings.with(settings.worker().withCheckPlacement(true));
        start(directory, counting("placed", in, out, record -> false));
        byte[] key = "k1".getBytes(UTF_8);
        int home = new DefaultPlacement().partitionOf(key, 2);
        send(home, key, "fine");
        send(1 - home, key, "astray");
        send(1 - home, key, "astray");
        awaitOutputs(out, 3);
        assertThat(events.stream().filter(RecordMisplaced.class::isInstance).map(RecordMisplaced.class::cast))
                .isNotEmpty()
                .allSatisfy(misplaced -> {
                    assertThat(misplaced.home()).isEqualTo(home);
                    assertThat(misplaced.task().partition()).isEqualTo(1 - home);
                });
    }

    /** A hot key, values of a megabyte, and many keys at once: checkpoints come early, and no transaction or segment grows without bound. */
    @Test
    void shouldCheckpointEarlyWhenMuchIsDirty() throws IOException {
        settings = settings.with(settings.worker()
                .with(new CheckpointSettings(
                        Duration.ofSeconds(4),
                        100_000,
                        4 << 20,
                        Duration.ofSeconds(4),
                        CheckpointSettings.SETTLE_INTERVAL,
                        Duration.ofSeconds(5))));
        StateDescriptor<ValueState<byte[]>> blob = StateDescriptor.value("blob", RawCodecs.BYTES);
        StateDescriptor<ListState<byte[]>> list = StateDescriptor.list("list", RawCodecs.BYTES);
        StateDescriptor<MapState<Long, byte[]>> map = StateDescriptor.map("map", RawCodecs.LONG, RawCodecs.BYTES);
        ProcessorDefinition definition =
                new ProcessorDefinition("big", List.of(in), Set.of(out), List.of(blob, list, map), Set.of(), states -> {
                    ValueState<byte[]> one = states.state(blob);
                    ListState<byte[]> many = states.state(list);
                    MapState<Long, byte[]> entries = states.state(map);
                    return (record, emitter) -> {
                        byte[] big = new byte[200_000];
                        new Random(record.offset()).nextBytes(big);
                        one.set(big);
                        many.add(big);
                        entries.put(record.offset(), big);
                        int count = many.toList().size();
                        emitter.emit(out, record.key(), Integer.toString(count).getBytes(UTF_8), null, Map.of());
                    };
                });
        ProcessingRuntime runtime = start(directory, definition);
        for (int i = 0; i < 60; i++) {
            send(0, "hot".getBytes(UTF_8), "x");
        }
        awaitOutputs(out, 60);
        assertThat(TestCluster.committed(out))
                .last()
                .satisfies(last -> assertThat(last.value()).isEqualTo("60"));
        List<CheckpointCommitted> checkpoints = events.stream()
                .filter(CheckpointCommitted.class::isInstance)
                .map(CheckpointCommitted.class::cast)
                .filter(checkpoint -> checkpoint.records() > 0)
                .toList();
        assertThat(checkpoints)
                .as("24 MB in checkpoints of 4 MB and what a slice adds")
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(checkpoints)
                .allSatisfy(checkpoint -> assertThat(checkpoint.bytes()).isLessThan(16 << 20));
        runtime.stop();
        // and it all comes back
        delete(directory);
        start(directory, definition);
        send(0, "hot".getBytes(UTF_8), "x");
        awaitOutputs(out, 61);
        assertThat(TestCluster.committed(out))
                .last()
                .satisfies(last -> assertThat(last.value()).isEqualTo("61"));
    }

    /** G4: out of order, at the epoch, far in the future; and what of it the broker does not take back as output. */
    @Test
    void shouldTakeAnyTimestampAndGiveUpOutputsTheBrokerRefusesForTheirs() throws Exception {
        settings = with(ErrorPolicy.SKIP, null);
        String anyTime = topicForAnyTime();
        String anyTimeOut = topicForAnyTime();
        ProcessingRuntime runtime = start(
                directory,
                counting("times", anyTime, anyTimeOut, record -> false),
                counting("refused", anyTime, out, record -> false));
        long[] times = {0, Long.MAX_VALUE / 2, 1, 4_102_444_800_000L, 5};
        try (Producer<byte[], byte[]> producer = TestCluster.clients().producer(Map.of())) {
            for (long time : times) {
                producer.send(new ProducerRecord<>(anyTime, 0, time, "k".getBytes(UTF_8), new byte[] {1}));
            }
        }
        awaitOutputs(anyTimeOut, times.length);
        assertThat(TestCluster.committed(anyTimeOut))
                .extracting(ConsumerRecord::timestamp)
                .containsExactly(times[0], times[1], times[2], times[3], times[4]);
        assertCountedOnce(anyTimeOut);
        awaitOutputs(out, 3);
        assertThat(runtime.status("refused").orElseThrow().records().skipped()).isEqualTo(2);
    }

    private static String topicForAnyTime() throws Exception {
        String topic = TestCluster.unique("any-time");
        try (Admin admin = TestCluster.clients().admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)
                            .configs(Map.of(
                                    "message.timestamp.after.max.ms",
                                    Long.toString(Long.MAX_VALUE),
                                    "retention.ms",
                                    "-1"))))
                    .all()
                    .get();
        }
        return topic;
    }

    private void send(int partition, byte[] key, String value) {
        try (Producer<byte[], byte[]> producer = TestCluster.clients().producer(Map.of())) {
            producer.send(new ProducerRecord<>(in, partition, key, value == null ? null : value.getBytes(UTF_8)));
        }
    }
}
