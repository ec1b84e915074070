package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.kafka.TestCluster;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** C10 and C11: somebody changes committed offsets. Nothing is processed, it is said what to do, and put back it goes on. */
class OffsetsFaultIT extends RuntimeFixture {

    private final String in = TestCluster.createTopic("in", 1);
    private final String out = TestCluster.createTopic("out", 1);
    private final TopicPartition partition = new TopicPartition(in, 0);
    private final ProcessorDefinition counts = counting("offsets", in, out, record -> false);

    /** What an administrator does to the offset of 100 committed records. */
    private enum Change {
        EARLIER,
        LATER,
        KEPT_METADATA,
        BEYOND_THE_END,
        BELOW_THE_START,
        FOREIGN_METADATA;

        OffsetAndMetadata of(OffsetAndMetadata before) {
            return switch (this) {
                case EARLIER -> new OffsetAndMetadata(10);
                case LATER -> new OffsetAndMetadata(before.offset() + 5);
                case KEPT_METADATA -> new OffsetAndMetadata(before.offset() - 3, before.metadata());
                case BEYOND_THE_END -> new OffsetAndMetadata(1_000_000, before.metadata());
                case BELOW_THE_START -> new OffsetAndMetadata(2);
                case FOREIGN_METADATA -> new OffsetAndMetadata(before.offset(), "set by a script");
            };
        }
    }

    @BeforeEach
    void leave() {
        leaveOnStop = true;
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void shouldRefuseOffsetsThatWereResetAndGoOnWhenTheyArePutBack(Change change) throws Exception {
        OffsetAndMetadata before = commitHundred();
        try (Admin admin = TestCluster.clients().admin()) {
            TestCluster.send(in, 20, 5);
            if (change == Change.BELOW_THE_START) {
                admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(50)))
                        .all()
                        .get();
            }
            set(admin, change.of(before));
            // when
            ProcessingRuntime second = start(directory, counts);
            // then
            TaskStatus refused = awaitPhase(second, "offsets", 0, TaskStatus.Phase.REFUSED);
            assertThat(refused.message())
                    .contains("Task offsets/0 is refused")
                    .contains("the committed offset " + change.of(before).offset() + " of topic " + in)
                    .contains("it was changed outside")
                    .contains(
                            "Put the offsets back as they were, with their metadata; or start the processor under another id");
            assertThat(TestCluster.committed(out)).hasSize(100);
            // when the way back is taken
            second.stop();
            set(admin, before);
            start(directory, counts);
            // then
            awaitOutputs(out, 120);
            assertCountedOnce(out);
        }
    }

    @Test
    void shouldRefuseWhenTheGroupWasDeletedAndGoOnWhenItsOffsetsAreBack() throws Exception {
        OffsetAndMetadata before = commitHundred();
        try (Admin admin = TestCluster.clients().admin()) {
            awaitEmpty(admin, group());
            admin.deleteConsumerGroups(List.of(group())).all().get();
            TestCluster.send(in, 20, 5);
            ProcessingRuntime second = start(directory, counts);
            TaskStatus refused = awaitPhase(second, "offsets", 0, TaskStatus.Phase.REFUSED);
            assertThat(refused.message())
                    .contains("it has state but no committed offsets: they expired or were deleted")
                    .contains(
                            "Put the offsets back as they were, with their metadata; or start the processor under another id");
            assertThat(TestCluster.committed(out)).hasSize(100);
            second.stop();
            set(admin, before);
            start(directory, counts);
            awaitOutputs(out, 120);
            assertCountedOnce(out);
        }
    }

    /** A refused task looks again by itself. Administrators have to stop a group to write its offsets; a transaction has not. */
    @Test
    void shouldGoOnWithoutARestartWhenTheOffsetsArePutBackUnderIt() throws Exception {
        OffsetAndMetadata before = commitHundred();
        try (Admin admin = TestCluster.clients().admin()) {
            TestCluster.send(in, 20, 5);
            set(admin, new OffsetAndMetadata(10));
        }
        ProcessingRuntime second = start(directory, counts);
        awaitPhase(second, "offsets", 0, TaskStatus.Phase.REFUSED);
        try (Producer<byte[], byte[]> producer = TestCluster.clients()
                .producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TestCluster.unique("administrator")))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(partition, before), groupAlone());
            producer.commitTransaction();
        }
        awaitOutputs(out, 120);
        assertCountedOnce(out);
        assertThat(second.status("offsets").orElseThrow().tasks())
                .allSatisfy(task -> assertThat(task.phase()).isEqualTo(TaskStatus.Phase.RUNNING));
    }

    @SuppressWarnings({"deprecation", "removal"}) // the only way to speak for a group without being a member
    private ConsumerGroupMetadata groupAlone() {
        return new ConsumerGroupMetadata(group());
    }

    private OffsetAndMetadata commitHundred() throws Exception {
        ProcessingRuntime first = start(directory, counts);
        TestCluster.send(in, 100, 5);
        awaitOutputs(out, 100);
        first.stop();
        try (Admin admin = TestCluster.clients().admin()) {
            return admin.listConsumerGroupOffsets(group())
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(partition);
        }
    }

    private void set(Admin admin, OffsetAndMetadata offset) throws Exception {
        awaitEmptyOrGone(admin);
        admin.alterConsumerGroupOffsets(group(), Map.of(partition, offset))
                .all()
                .get();
    }

    private void awaitEmptyOrGone(Admin admin) throws Exception {
        boolean exists = admin.listGroups().all().get().stream()
                .anyMatch(listing -> listing.groupId().equals(group()));
        if (exists) {
            awaitEmpty(admin, group());
        }
    }

    private String group() {
        return application + ".offsets";
    }
}
