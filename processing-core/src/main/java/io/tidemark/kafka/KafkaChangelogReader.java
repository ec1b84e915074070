package io.tidemark.kafka;

import io.tidemark.changelog.ChangelogReader;
import io.tidemark.changelog.SegmentCodec;
import io.tidemark.error.SourceFailed;
import io.tidemark.error.StateCorrupted;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads changelog partitions with a consumer of its own, made when first needed. */
public final class KafkaChangelogReader implements ChangelogReader {

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(1);
    private static final Duration TAIL_READ = Duration.ofMillis(500);
    /** How far from its end a partition is searched for its newest record; the rest are markers. */
    private static final int TAIL = 100;

    private final WorkerClients clients;
    private final AdminConnection admin;
    private final String topic;
    private final SegmentCodec codec;
    private final Set<TopicPartition> open = new HashSet<>();
    private @Nullable Consumer<byte[], byte[]> consumer;
    private @Nullable Consumer<byte[], byte[]> tail;
    private Duration patience = SHORT;

    public KafkaChangelogReader(WorkerClients clients, AdminConnection admin, String topic, SegmentCodec codec) {
        this.admin = admin;
        this.clients = clients;
        this.topic = topic;
        this.codec = codec;
    }

    @Override
    public Supplier<Optional<Bounds>> bounds(int partition) {
        return new PartitionBounds(admin, name(partition));
    }

    @Override
    public Optional<Long> startOffset(int partition) {
        return asked(() -> asking(partition)
                .beginningOffsets(Set.of(name(partition)), patience)
                .get(name(partition)));
    }

    @Override
    public Optional<Long> stableEnd(int partition) {
        return asked(
                () -> consumer().endOffsets(Set.of(name(partition)), patience).get(name(partition)));
    }

    @Override
    public Optional<Long> end(int partition) {
        return asked(() ->
                asking(partition).endOffsets(Set.of(name(partition)), patience).get(name(partition)));
    }

    @Override
    public void open(int partition, long offset) {
        open.add(name(partition));
        guarded(() -> {
            consumer().assign(open);
            consumer().seek(name(partition), offset);
            return true;
        });
    }

    @Override
    public void close(int partition) {
        if (open.remove(name(partition))) {
            guarded(() -> {
                consumer().assign(open);
                return true;
            });
        }
    }

    @Override
    public boolean isReading() {
        return !open.isEmpty();
    }

    @Override
    public int poll(Duration timeout, Sink sink) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
        try {
            var polled = consumer().poll(timeout);
            polled.partitions().forEach(partition -> records.put(partition, polled.records(partition)));
        } catch (OffsetOutOfRangeException e) {
            // The restore sees that it does not get on, compares with the log start, and decides.
            return 0;
        } catch (KafkaException e) {
            unreadable(e, sink);
            return 0;
        }
        int count = 0;
        for (Map.Entry<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> run : records.entrySet()) {
            TopicPartition partition = run.getKey();
            count += run.getValue().size();
            for (ConsumerRecord<byte[], byte[]> record : run.getValue()) {
                if (!open.contains(partition)) {
                    break; // the sink has what it wanted
                }
                byte[] value = record.value();
                sink.record(partition.partition(), record.offset(), value == null ? new byte[0] : value);
            }
        }
        return count;
    }

    /** The consumer says only in words which partition holds what it cannot read. */
    private void unreadable(KafkaException e, Sink sink) {
        String message = String.valueOf(e.getMessage());
        List<TopicPartition> damaged = PartitionNames.in(message, open);
        if (damaged.isEmpty()) {
            throw new SourceFailed("The changelog cannot be read: " + message + MissingRight.in(e, "READ", ""), e);
        }
        damaged.forEach(partition -> sink.unreadable(partition.partition(), message));
    }

    @Override
    public long position(int partition) {
        return asked(() -> consumer().position(name(partition), patience)).orElse(-1L);
    }

    @Override
    public Optional<String> newestOwner(int partition) {
        TopicPartition name = name(partition);
        try {
            Consumer<byte[], byte[]> tail = tail();
            tail.assign(List.of(name));
            long end = tail.endOffsets(List.of(name), TAIL_READ).getOrDefault(name, 0L);
            long start = tail.beginningOffsets(List.of(name), TAIL_READ).getOrDefault(name, 0L);
            tail.seek(name, Math.max(start, end - TAIL));
            Optional<String> newest = Optional.empty();
            long deadline = System.nanoTime() + TAIL_READ.toNanos();
            while (tail.position(name, TAIL_READ) < end && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : tail.poll(SHORT).records(name)) {
                    Optional<String> owner = owner(record.value());
                    newest = owner.isPresent() ? owner : newest;
                }
            }
            return newest;
        } catch (KafkaException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        Consumer<byte[], byte[]> old = consumer;
        Consumer<byte[], byte[]> oldTail = tail;
        consumer = null;
        tail = null;
        open.clear();
        try {
            if (old != null) {
                old.close(CloseOptions.timeout(Duration.ZERO));
            }
        } finally {
            if (oldTail != null) {
                oldTail.close(CloseOptions.timeout(Duration.ZERO));
            }
        }
    }

    private Optional<String> owner(byte @Nullable [] record) {
        try {
            return record == null
                    ? Optional.empty()
                    : Optional.of(codec.header(record).owner());
        } catch (StateCorrupted e) {
            return Optional.empty();
        }
    }

    /**
     * A cluster that is slow to answer gets more time with each question it could not answer. It keeps that time: a step may have two
     * questions, and would never be done if the answer to one made the other impatient again.
     */
    private <T> Optional<T> asked(Supplier<@Nullable T> question) {
        return guarded(() -> {
            try {
                return Optional.ofNullable(question.get());
            } catch (TimeoutException e) {
                Duration longer = patience.multipliedBy(2);
                patience = longer.compareTo(LONG) < 0 ? longer : LONG;
                return Optional.empty();
            }
        });
    }

    private static <T> T guarded(Supplier<T> call) {
        try {
            return call.get();
        } catch (KafkaException e) {
            throw new SourceFailed(
                    "The changelog cannot be read: " + e.getMessage() + MissingRight.in(e, "READ", ""), e);
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        Consumer<byte[], byte[]> current = consumer;
        if (current == null) {
            current = clients.reader("read_committed", "restore");
            consumer = current;
        }
        return current;
    }

    private Consumer<byte[], byte[]> tail() {
        Consumer<byte[], byte[]> current = tail;
        if (current == null) {
            current = clients.reader("read_uncommitted", "tail");
            tail = current;
        }
        return current;
    }

    /** The consumer that reads nothing of its own, with that partition assigned: of others it warns when it is told about them. */
    private Consumer<byte[], byte[]> asking(int partition) {
        Consumer<byte[], byte[]> tail = tail();
        tail.assign(List.of(name(partition)));
        return tail;
    }

    private TopicPartition name(int partition) {
        return new TopicPartition(topic, partition);
    }
}
