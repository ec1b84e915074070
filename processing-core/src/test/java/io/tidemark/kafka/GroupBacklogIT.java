package io.tidemark.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.kafka.GroupBacklog.Backlog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupBacklogIT {

    private final String in = TestCluster.createTopic("in", 2);
    private final String group = TestCluster.unique("group");
    private final AdminConnection admin = new AdminConnection(TestCluster.clients()::admin, System::nanoTime);

    @AfterEach
    void close() {
        admin.close();
    }

    @Test
    void shouldCountWhatWaitsWhetherOrNotAnybodyReads() {
        send(0, 5);
        send(1, 7);
        assertThat(known(backlog(true))).isEqualTo(new Backlog(Map.of(0, 5L, 1, 7L), Set.of(0, 1), null, Map.of()));
        assertThat(known(backlog(false)).lags())
                .as("of a processor that starts with what comes next")
                .isEqualTo(Map.of(0, 0L, 1, 0L));
        try (Consumer<byte[], byte[]> member =
                TestCluster.clients().consumer(Map.of("group.id", group, "auto.offset.reset", "earliest"))) {
            member.subscribe(List.of(in));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> member.poll(Duration.ofMillis(100)) != null
                            && !member.assignment().isEmpty());
            member.commitSync(Map.of(new TopicPartition(in, 1), new OffsetAndMetadata(4)));

            assertThat(known(backlog(true))).isEqualTo(new Backlog(Map.of(0, 5L, 1, 3L), Set.of(), null, Map.of()));
        }
    }

    /** C8: a reader of committed records sees an end before it; what waits behind it must not be called nothing. */
    @Test
    void shouldCountAndNameWhatWaitsBehindAForeignTransaction() {
        try (Producer<byte[], byte[]> foreign =
                TestCluster.clients().producer(Map.of("transactional.id", TestCluster.unique("foreign")))) {
            foreign.initTransactions();
            foreign.beginTransaction();
            foreign.send(new ProducerRecord<>(in, 0, null, new byte[] {1}));
            foreign.flush();
            send(0, 5);
            GroupBacklog backlog = backlog(true);

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                backlog.look();
                assertThat(backlog.known().lags()).containsEntry(0, 6L);
                assertThat(backlog.known().heldBack())
                        .contains("Records of " + in + "-0 from offset 0 on")
                        .contains("producer with id");
            });

            foreign.abortTransaction();
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                backlog.look();
                assertThat(backlog.known().heldBack()).isNull();
            });
        }
    }

    private GroupBacklog backlog(boolean fromStart) {
        return new GroupBacklog(
                admin,
                group,
                List.of(in),
                fromStart,
                new GroupBacklog.Pace(Duration.ofMillis(100), Duration.ofMillis(500)),
                System::nanoTime);
    }

    private static Backlog known(GroupBacklog backlog) {
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            backlog.look();
            return !backlog.known().lags().isEmpty();
        });
        return backlog.known();
    }

    private void send(int partition, int count) {
        try (Producer<byte[], byte[]> producer = TestCluster.clients().producer(Map.of())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(in, partition, null, new byte[] {1}));
            }
        }
    }
}
