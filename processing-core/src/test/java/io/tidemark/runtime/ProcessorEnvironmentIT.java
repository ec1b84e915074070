package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.StartFrom;
import io.tidemark.kafka.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What surrounds a processor, against a real broker: topics it may not create, its place in the group, input that was deleted. */
class ProcessorEnvironmentIT {

    @TempDir
    private Path directory;

    private final String application = TestCluster.unique("app");
    private ProcessingRuntime runtime;
    private String instanceId;
    private ProcessorSettings settings = ProcessorSettings.defaults();

    @AfterEach
    void stop() {
        if (runtime != null) {
            runtime.stop();
        }
    }

    @Test
    void shouldNameTopicAndSettingsWhenItMayNotCreateTheChangelog() {
        String in = TestCluster.createTopic("in", 3);
        start(in, false, TestCluster.clients(false));

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(status().message())
                        .contains(application + ".plain.changelog")
                        .contains("3 partitions")
                        .contains("cleanup.policy=delete")
                        .contains("retention.ms=-1"));
    }

    @Test
    void shouldStayInItsGroupForARestart() throws Exception {
        String in = TestCluster.createTopic("in", 1);
        start(in, false, TestCluster.clients());
        awaitRunning();

        runtime.stop();

        assertThat(members()).isEqualTo(1);
    }

    /** Its members are still in the group, and their session is not over for long. */
    @Test
    void shouldTakeItsFormerPlaceWithoutItsDiskWhenItHasAName() throws Exception {
        String in = TestCluster.createTopic("in", 1);
        instanceId = "pod-0";
        start(in, false, TestCluster.clients());
        awaitRunning();
        runtime.stop();
        assertThat(members()).isEqualTo(1);

        directory = Files.createTempDirectory(directory, "another");
        long begun = System.nanoTime();
        start(in, false, TestCluster.clients());
        awaitRunning();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void shouldLeaveItsGroupAtOnceWhenItGoesForGood() throws Exception {
        String in = TestCluster.createTopic("in", 1);
        start(in, true, TestCluster.clients());
        awaitRunning();

        runtime.stop();

        assertThat(members()).isZero();
    }

    @Test
    void shouldRefuseInputThatWasDeletedBeforeItWasProcessedAndNameTheRange() throws Exception {
        // given a processor that has read 10 records and is stopped
        String in = TestCluster.createTopic("in", 1);
        start(in, false, TestCluster.clients());
        TestCluster.send(in, 10, 2);
        await().atMost(Duration.ofSeconds(30)).until(() -> status().records().in() == 10);
        runtime.stop();

        // when records 10 to 14 are deleted meanwhile
        TestCluster.send(in, 10, 2);
        try (Admin admin = TestCluster.clients().admin()) {
            admin.deleteRecords(Map.of(new TopicPartition(in, 0), RecordsToDelete.beforeOffset(15)))
                    .all()
                    .get();
        }
        start(in, false, TestCluster.clients());

        // then
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(status().tasks())
                        .singleElement()
                        .satisfies(task -> {
                            assertThat(task.phase()).isEqualTo(TaskStatus.Phase.REFUSED);
                            assertThat(task.message())
                                    .contains("plain/0")
                                    .contains(in + "-0")
                                    .contains("records 10 to 14 are gone");
                        }));
        assertThat(status().records().in()).isZero();
    }

    @Test
    void shouldBeginAtATimeIfToldTo() {
        String in = TestCluster.createTopic("in", 2);
        Instant now = Instant.now();
        sendAt(
                in,
                0,
                now.minus(Duration.ofHours(30)),
                now.minus(Duration.ofHours(25)),
                now.minus(Duration.ofHours(2)),
                now);
        sendAt(in, 1, now.minus(Duration.ofHours(48)));
        settings = with(StartFrom.since(now.minus(Duration.ofHours(24))));
        start(in, false, TestCluster.clients());
        awaitRunning();

        await().atMost(Duration.ofSeconds(30)).until(() -> status().records().in() == 2);
        sendAt(in, 1, now.minus(Duration.ofHours(48))); // late, but it comes from now on
        await().atMost(Duration.ofSeconds(30)).until(() -> status().records().in() == 3);
    }

    @Test
    void shouldNotBeginByItselfIfToldSo() {
        String in = TestCluster.createTopic("in", 1);
        TestCluster.send(in, 10, 2);
        settings = with(StartFrom.NONE);
        start(in, false, TestCluster.clients());

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(status().tasks())
                        .singleElement()
                        .satisfies(task -> {
                            assertThat(task.phase()).isEqualTo(TaskStatus.Phase.REFUSED);
                            assertThat(task.message())
                                    .contains("no committed offset and no state")
                                    .contains("start-from");
                        }));
        assertThat(status().records().in()).isZero();
        runtime.stop();

        settings = with(StartFrom.EARLIEST);
        start(in, false, TestCluster.clients());
        await().atMost(Duration.ofSeconds(30)).until(() -> status().records().in() == 10);
        runtime.stop();

        settings = with(StartFrom.NONE);
        start(in, false, TestCluster.clients());
        TestCluster.send(in, 5, 2);
        await().atMost(Duration.ofSeconds(30)).until(() -> status().records().in() == 5);
    }

    private static ProcessorSettings with(StartFrom start) {
        ProcessorSettings defaults = ProcessorSettings.defaults();
        return new ProcessorSettings(
                1,
                start,
                defaults.membership(),
                defaults.worker(),
                defaults.restart(),
                defaults.stuckAfter(),
                defaults.createOutputs());
    }

    private static void sendAt(String topic, int partition, Instant... times) {
        try (Producer<byte[], byte[]> producer = TestCluster.clients().producer(Map.of())) {
            for (Instant time : times) {
                producer.send(
                        new ProducerRecord<>(topic, partition, time.toEpochMilli(), new byte[] {1}, new byte[] {1}));
            }
        }
    }

    private void start(String in, boolean leave, KafkaClients clients) {
        ProcessorDefinition definition = new ProcessorDefinition(
                "plain", List.of(in), Set.of(), List.of(), Set.of(), states -> (record, out) -> {});
        runtime = new ProcessingRuntime(
                new RuntimeSettings(
                        application,
                        "this test",
                        new StateSettings(
                                StateBackend.HEAP,
                                directory,
                                0,
                                false,
                                StateSettings.KEEP_UNUSED,
                                StateSettings.CATCH_UP,
                                instanceId),
                        Duration.ofSeconds(10),
                        leave),
                List.of(definition),
                Map.of("plain", settings),
                Map.of("plain", clients),
                List.of());
        runtime.start();
    }

    private ProcessorStatus status() {
        return runtime.status("plain").orElseThrow();
    }

    private void awaitRunning() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> status().tasks().stream()
                        .anyMatch(task -> task.phase() == TaskStatus.Phase.RUNNING && task.checkpoint() >= 0));
    }

    private int members() throws Exception {
        String group = application + ".plain";
        try (Admin admin = TestCluster.clients().admin()) {
            return admin.describeConsumerGroups(List.of(group))
                    .all()
                    .get()
                    .get(group)
                    .members()
                    .size();
        }
    }
}
