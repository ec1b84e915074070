package io.tidemark.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.changelog.SegmentCodec;
import io.tidemark.codec.Lz4Compression;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class KafkaChangelogReaderTest {

    private static final Duration FAR_AWAY = Duration.ofMillis(150);

    private final KafkaChangelogReader reader = new KafkaChangelogReader(
            new WorkerClients(
                    new SlowCluster(),
                    new WorkerIdentity("app", "p", "id", 0),
                    MembershipSettings.defaults(),
                    List.of("in")),
            new AdminConnection(
                    () -> {
                        throw new AssertionError("nothing is administered here");
                    },
                    System::nanoTime),
            "app.p.changelog",
            new SegmentCodec(new Lz4Compression(), 1 << 20, 8 << 20));

    /** A step of a restore asks for both and starts over where one has no answer. */
    @Test
    void shouldFindTimeForTwoQuestionsInOneStep() {
        boolean both = false;
        for (int step = 0; step < 5 && !both; step++) {
            Optional<Long> start = reader.startOffset(0);
            both = start.isPresent() && reader.end(0).isPresent();
        }
        assertThat(both).isTrue();
    }

    /** The client warns when it learns of a partition that is not assigned to it. */
    @Test
    void shouldAskOnlyAboutPartitionsThatAreAssigned() {
        for (int partition = 0; partition < 3; partition++) {
            for (int attempt = 0; attempt < 2; attempt++) {
                reader.startOffset(partition);
                reader.end(partition);
            }
        }
        assertThat(reader.startOffset(2)).contains(12L);
        assertThat(reader.end(1)).contains(21L);
    }

    /** Answers take their time; whoever waits for less gets none. */
    private static final class SlowConsumer extends MockConsumer<byte[], byte[]> {

        SlowConsumer() {
            super("none");
        }

        @Override
        public synchronized Map<TopicPartition, Long> beginningOffsets(
                Collection<TopicPartition> partitions, Duration timeout) {
            return answer(partitions, 10, timeout);
        }

        @Override
        public synchronized Map<TopicPartition, Long> endOffsets(
                Collection<TopicPartition> partitions, Duration timeout) {
            return answer(partitions, 20, timeout);
        }

        private Map<TopicPartition, Long> answer(Collection<TopicPartition> partitions, long offset, Duration timeout) {
            assertThat(assignment()).containsAll(partitions);
            if (timeout.compareTo(FAR_AWAY) < 0) {
                throw new TimeoutException("no answer within " + timeout);
            }
            TopicPartition partition = partitions.iterator().next();
            return Map.of(partition, offset + partition.partition());
        }
    }

    private static final class SlowCluster extends ReadingClients {

        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
            return new SlowConsumer();
        }
    }
}
