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
    private @Nullable KafkaFuture<ListOffsetsResultInfo> stable;
    private @Nullable KafkaFuture<ListOffsetsResultInfo> end;

    PartitionBounds(AdminConnection admin, TopicPartition partition) {
        this.admin = admin;
        this.partition = partition;
        ask();
    }

    private void ask() {
        Admin current = admin.get();
        start = ask(current, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
        stable = ask(current, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
        end = ask(current, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
    }

    private KafkaFuture<ListOffsetsResultInfo> ask(Admin current, OffsetSpec which, IsolationLevel isolation) {
        return current.listOffsets(Map.of(partition, which), new ListOffsetsOptions(isolation))
                .partitionResult(partition);
    }

    @Override
    public Optional<Bounds> get() {
        KafkaFuture<ListOffsetsResultInfo> first = start;
        KafkaFuture<ListOffsetsResultInfo> decided = stable;
        KafkaFuture<ListOffsetsResultInfo> last = end;
        if (first == null
                || decided == null
                || last == null
                || !first.isDone()
                || !decided.isDone()
                || !last.isDone()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Bounds(
                    first.get().offset(), decided.get().offset(), last.get().offset()));
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
