package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** C12, C13 and the rest of what can happen to topics under a processor. */
class TopicsFaultIT extends RuntimeFixture {

    private final String in = TestCluster.createTopic("in", 2);
    private final String out = TestCluster.createTopic("out", 2);
    private final ProcessorDefinition counts = counting("topics", in, out, record -> false);

    /** Consumers look for new partitions every five minutes; a test does not wait that long. */
    @Override
    KafkaClients clients() {
        return TestCluster.clients(Map.of("metadata.max.age.ms", 1_000));
    }

    @Test
    void shouldRefuseATopicThatWasDeletedAndCreatedAgain() throws Exception {
        leaveOnStop = true;
        ProcessingRuntime first = start(directory, counts);
        TestCluster.send(in, 100, 10);
        awaitOutputs(out, 100);
        first.stop();
        try (Admin admin = TestCluster.clients().admin()) {
            Map<TopicPartition, OffsetAndMetadata> before = admin.listConsumerGroupOffsets(group())
                    .partitionsToOffsetAndMetadata()
                    .get();
            recreate(admin);
            TestCluster.send(in, 100, 10);
            // when: the broker dropped the offsets together with the topic
            ProcessingRuntime second = start(directory, counts);
            TaskStatus refused = awaitPhase(second, "topics", 0, TaskStatus.Phase.REFUSED);
            assertThat(refused.message()).contains("no committed offsets").contains("perhaps together with the topic");
            second.stop();
            // and when they are put back, the topic is seen to be another one
            awaitEmpty(admin, group());
            admin.alterConsumerGroupOffsets(group(), before).all().get();
            ProcessingRuntime third = start(directory, counts);
            refused = awaitPhase(third, "topics", 0, TaskStatus.Phase.REFUSED);
            assertThat(refused.message())
                    .contains("topic " + in + " has id")
                    .contains("it was deleted and created again")
                    .contains("To read the new one, start the processor under another id, with empty state");
            assertThat(TestCluster.committed(out)).hasSize(100);
        }
    }

    @Test
    void shouldRefuseATopicThatIsDeletedAndCreatedAgainWhileItRuns() throws Exception {
        ProcessingRuntime runtime = start(directory, counts);
        TestCluster.send(in, 100, 10);
        awaitOutputs(out, 100);
        try (Admin admin = TestCluster.clients().admin()) {
            recreate(admin);
        }
        TestCluster.send(in, 100, 10);
        TaskStatus refused = awaitPhase(runtime, "topics", 0, TaskStatus.Phase.REFUSED);
        // whichever is seen first: the topic's other id, or that its offsets went with it
        assertThat(refused.message())
                .contains("topics/0")
                .containsAnyOf(
                        "it was deleted and created again",
                        "they expired or were deleted, perhaps together with the topic",
                        "is not in the partition any more");
        assertThat(TestCluster.committed(out)).as("nothing of the new topic").hasSize(100);
    }

    /** C12: its offsets reach those of the former one before anybody looks; what is read until then is not told apart. */
    @Test
    void shouldRefuseATopicThatIsCreatedAgainAndGrowsQuickly() throws Exception {
        ProcessingRuntime runtime = start(directory, counts);
        TestCluster.send(in, 100, 10);
        awaitOutputs(out, 100);
        try (Admin admin = TestCluster.clients().admin()) {
            recreate(admin);
            TestCluster.send(in, 2_000, 10);
        }
        awaitPhase(runtime, "topics", 0, TaskStatus.Phase.REFUSED);
        awaitPhase(runtime, "topics", 1, TaskStatus.Phase.REFUSED);
        int read = TestCluster.committed(out).size();
        TestCluster.send(in, 100, 10);
        TimeUnit.SECONDS.sleep(2);
        assertThat(TestCluster.committed(out))
                .as("nothing more of the new topic")
                .hasSize(read);
    }

    /** Keys of the new partition may have their state elsewhere: it is refused. */
    @Test
    void shouldRefuseAPartitionThatIsAddedWhileItRuns() throws Exception {
        ProcessingRuntime runtime = start(directory, counts);
        TestCluster.send(in, 100, 10);
        awaitOutputs(out, 100);
        try (Admin admin = TestCluster.clients().admin()) {
            admin.createPartitions(Map.of(in, NewPartitions.increaseTo(3)))
                    .all()
                    .get();
        }
        TaskStatus refused = awaitPhase(runtime, "topics", 2, TaskStatus.Phase.REFUSED);
        assertThat(refused.message())
                .contains("topic " + in + " has 3 partitions, its state was made with 2")
                .contains("keys would move to partitions that do not hold their state");
        // records of a key may come to any partition now: the others stop as well
        assertThat(awaitPhase(runtime, "topics", 0, TaskStatus.Phase.REFUSED).message())
                .contains("has 3 partitions");
        awaitPhase(runtime, "topics", 1, TaskStatus.Phase.REFUSED);
        TestCluster.send(in, 100, 10);
        TimeUnit.SECONDS.sleep(1);
        assertThat(TestCluster.committed(out)).hasSize(100);
    }

    @Test
    void shouldSayThatATopicIsGone() throws Exception {
        ProcessingRuntime runtime = start(directory, counts);
        TestCluster.send(in, 100, 10);
        awaitOutputs(out, 100);
        try (Admin admin = TestCluster.clients().admin()) {
            admin.deleteTopics(List.of(in)).all().get();
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(runtime.status("topics").orElseThrow().workers())
                                .anySatisfy(worker -> assertThat(worker.trouble())
                                        .contains("Input topic " + in + " does not exist any more")));
    }

    @Test
    void shouldNotStartOnATopicWithMorePartitionsThanItsChangelog() throws Exception {
        ProcessingRuntime first = start(directory, counts);
        TestCluster.send(in, 10, 5);
        awaitOutputs(out, 10);
        first.stop();
        try (Admin admin = TestCluster.clients().admin()) {
            admin.createPartitions(Map.of(in, NewPartitions.increaseTo(3)))
                    .all()
                    .get();
        }
        ProcessingRuntime second = start(directory, counts);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(second.status("topics").orElseThrow().message())
                                .contains("changelog topic " + application + ".topics.changelog does not fit")
                                .contains("it has 2 partitions, the inputs have 3"));
    }

    /** C15: somebody has changed what the changelog must be like; put right, the next start goes on. */
    @Test
    void shouldNotStartOnAChangelogThatWouldDeleteItsRecords() throws Exception {
        ProcessingRuntime first = start(directory, counts);
        TestCluster.send(in, 10, 5);
        awaitOutputs(out, 10);
        first.stop();
        set(application + ".topics.changelog", "retention.ms", "3600000");

        ProcessingRuntime second = start(directory, counts);

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(second.status("topics").orElseThrow().message())
                                .contains("changelog topic " + application + ".topics.changelog does not fit")
                                .contains("retention.ms=3600000 instead of -1"));
        set(application + ".topics.changelog", "retention.ms", "-1");
        TestCluster.send(in, 10, 5);
        awaitOutputs(out, 20);
        assertCountedOnce(out);
    }

    /** C18: the changelog takes less than a delta has; told, and nothing is lost. */
    @Test
    void shouldWaitWhileItsChangelogTakesTooLittle() throws Exception {
        ProcessingRuntime runtime = start(directory, counts);
        TestCluster.send(in, 10, 5);
        awaitOutputs(out, 10);
        set(
                application + ".topics.changelog",
                "max.message.bytes",
                "120"); // markers must still fit, or the broker cannot end a transaction
        TestCluster.send(in, 10, 5);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> events.stream()
                        .anyMatch(event -> event instanceof RuntimeEvent.CheckpointAborted aborted
                                && aborted.reason().contains("A delta could not be appended")));
        assertThat(TestCluster.committed(out)).hasSize(10);

        set(application + ".topics.changelog", "max.message.bytes", Integer.toString(1 << 20));
        awaitOutputs(out, 20);
        assertCountedOnce(out);
        assertThat(runtime.isRunning()).isTrue();
    }

    private static void set(String topic, String name, String value) throws Exception {
        try (Admin admin = TestCluster.clients().admin()) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    /** C15: the named delta was deleted; a task without a local store cannot be restored and says so. */
    @Test
    void shouldRefuseATaskWhoseDeltasWereDeletedAndRunTheOthers() throws Exception {
        ProcessingRuntime first = start(directory, counts);
        TestCluster.send(in, 100, 10);
        awaitOutputs(out, 100);
        first.stop();
        Path backup = directory.resolveSibling(directory.getFileName() + "-backup");
        Files.move(directory.resolve(application), backup);
        try (Admin admin = TestCluster.clients().admin()) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(application + ".topics.changelog", 0), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
        ProcessingRuntime second = start(directory, counts);
        TaskStatus refused = awaitPhase(second, "topics", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message())
                .contains("cannot be restored from the changelog: its base at changelog offset ")
                .contains(" is gone: the log starts at ")
                .contains("Check that nothing deletes or compacts records of the changelog topic");
        awaitPhase(second, "topics", 1, TaskStatus.Phase.RUNNING);
        // the way back: a disk that still has the checkpoint
        second.stop();
        delete(directory.resolve(application));
        Files.move(backup, directory.resolve(application));
        start(directory, counts);
        TestCluster.send(in, 60, 10);
        awaitOutputs(out, 160);
        assertCountedOnce(out);
    }

    private void recreate(Admin admin) throws Exception {
        admin.deleteTopics(List.of(in)).all().get();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !admin.listTopics().names().get().contains(in));
        admin.createTopics(List.of(new NewTopic(in, 2, (short) 1))).all().get();
    }

    private String group() {
        return application + ".topics";
    }
}
