package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.TaskRestored;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** C9: offsets are no counts. Input with aborted records, markers, gaps, and nothing but markers at its end. */
class InputShapeIT extends RuntimeFixture {

    private final String in = TestCluster.createTopic("in", 1);
    private final String out = TestCluster.createTopic("out", 1);
    private final ProcessorDefinition counts = counting("shape", in, out, record -> false);

    @Test
    void shouldPassAbortedRecordsAndMarkersAndEndBehindThem() throws Exception {
        int committed = 0;
        try (Producer<byte[], byte[]> producer = transactional()) {
            for (int i = 0; i < 20; i++) {
                boolean commit = i % 3 != 0;
                transaction(producer, 5, commit);
                committed += commit ? 5 : 0;
            }
            // the end: aborted records, then markers of empty-looking transactions
            transaction(producer, 7, false);
            transaction(producer, 7, false);
            // when
            ProcessingRuntime first = start(directory, counts);
            awaitOutputs(out, committed);
            awaitNoLag(first);
            // then the committed offset is behind everything, so that a start reads nothing twice and waits for nothing
            await().atMost(Duration.ofSeconds(10)).until(() -> committedOffset() == endOffset());
            // and when nothing but aborted records comes, the committed offset follows: what lies before it may be
            // deleted
            transaction(producer, 7, false);
            await().atMost(Duration.ofSeconds(10)).until(() -> committedOffset() == endOffset());
            first.stop();
            assertThat(committedOffset()).isEqualTo(endOffset());
            // so an idle input may lose everything it holds
            try (Admin admin = TestCluster.clients().admin()) {
                admin.deleteRecords(Map.of(new TopicPartition(in, 0), RecordsToDelete.beforeOffset(endOffset())))
                        .all()
                        .get();
            }
            events.clear();
            delete(directory);
            ProcessingRuntime second = start(directory, counts);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> events.stream().anyMatch(TaskRestored.class::isInstance));
            awaitNoLag(second);
            transaction(producer, 3, true);
            awaitOutputs(out, committed + 3);
            assertCountedOnce(out);
        }
    }

    @Test
    void shouldCommitWhatItPassedWhenItStops() throws Exception {
        settings = settings.with(settings.worker().with(CheckpointSettings.defaults()));
        try (Producer<byte[], byte[]> producer = transactional()) {
            transaction(producer, 5, true);
            ProcessingRuntime runtime = start(directory, counts);
            awaitOutputs(out, 5);
            transaction(producer, 7, false);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> endOffset(IsolationLevel.READ_COMMITTED) == endOffset()); // the marker is written late
            TimeUnit.SECONDS.sleep(2); // nothing tells from outside that they were passed over
            awaitNoLag(runtime);
            assertThat(committedOffset()).isLessThan(endOffset());
            runtime.stop();
            assertThat(committedOffset()).isEqualTo(endOffset());
        }
    }

    @Test
    void shouldPassTheGapsOfACompactedTopic() throws Exception {
        String compacted = TestCluster.unique("compacted");
        try (Admin admin = TestCluster.clients().admin()) {
            admin.createTopics(List.of(new NewTopic(compacted, 1, (short) 1)
                            .configs(Map.of(
                                    "cleanup.policy", "compact",
                                    "segment.ms", "200",
                                    "min.cleanable.dirty.ratio", "0.01",
                                    "delete.retention.ms", "0"))))
                    .all()
                    .get();
        }
        for (int round = 0; round < 4; round++) {
            TestCluster.send(compacted, 50, 10);
        }
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    TestCluster.send(compacted, "roll", "x"); // closed segments are cleaned only
                    return TestCluster.committed(compacted).stream()
                                    .filter(record -> !"roll".equals(record.key()))
                                    .count()
                            < 100;
                });
        int left = TestCluster.committed(compacted).size();
        ProcessorDefinition over = counting("gaps", compacted, out, record -> false);
        ProcessingRuntime runtime = start(directory, over);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(out).size() >= 10);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> tasks(runtime, "gaps").stream().allMatch(task -> task.lag() == 0));
        runtime.stop();
        assertThat(TestCluster.committed(out).size()).isBetween(10, left);
        assertCountedOnce(out);
    }

    private Producer<byte[], byte[]> transactional() {
        Producer<byte[], byte[]> producer = TestCluster.clients()
                .producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TestCluster.unique("feeder")));
        producer.initTransactions();
        return producer;
    }

    private void transaction(Producer<byte[], byte[]> producer, int records, boolean commit) {
        producer.beginTransaction();
        for (int i = 0; i < records; i++) {
            producer.send(new ProducerRecord<>(
                    in, ("k" + i % 4).getBytes(UTF_8), Integer.toString(i).getBytes(UTF_8)));
        }
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.flush();
            producer.abortTransaction();
        }
    }

    private static void awaitNoLag(ProcessingRuntime runtime) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> tasks(runtime, "shape").stream().allMatch(task -> task.lag() == 0));
    }

    private long committedOffset() throws Exception {
        try (Admin admin = TestCluster.clients().admin()) {
            OffsetAndMetadata offset = admin.listConsumerGroupOffsets(application + ".shape")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(in, 0));
            return offset.offset();
        }
    }

    private long endOffset() throws Exception {
        return endOffset(IsolationLevel.READ_UNCOMMITTED);
    }

    private long endOffset(IsolationLevel isolation) throws Exception {
        TopicPartition partition = new TopicPartition(in, 0);
        try (Admin admin = TestCluster.clients().admin()) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }
}
