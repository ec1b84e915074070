package io.tidemark.kafka;

import io.tidemark.changelog.ChangelogReader.Bounds;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Asks where a partition begins and ends, without waiting: a partition without a leader holds nobody up. */
final class PartitionBounds implements Supplier<Optional<Bounds>> {

    private final AdminConnection admin;
    private final TopicPartition partition;
    private @Nullable KafkaFuture<ListOffsetsResultInfo> start;
    private @Nullable KafkaFuture<ListOffsetsResultInfo> end;

    PartitionBounds(AdminConnection admin, TopicPartition partition) {
        this.admin = admin;
        this.partition = partition;
        ask();
    }

    private void ask() {
        Admin current = admin.get();
        ListOffsetsOptions everything = new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED);
        start = current.listOffsets(Map.of(partition, OffsetSpec.earliest()), everything)
                .partitionResult(partition);
        end = current.listOffsets(Map.of(partition, OffsetSpec.latest()), everything)
                .partitionResult(partition);
    }

    @Override
    public Optional<Bounds> get() {
        KafkaFuture<ListOffsetsResultInfo> first = start;
        KafkaFuture<ListOffsetsResultInfo> last = end;
        if (first == null || last == null || !first.isDone() || !last.isDone()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Bounds(first.get().offset(), last.get().offset()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            admin.failed(e);
            ask();
            return Optional.empty();
        }
    }
}
