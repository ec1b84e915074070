package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.OrderCodec;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.TotalCodec;
import io.tidemark.benchmarks.workload.Verdict;
import io.tidemark.benchmarks.workload.Workload;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The topics of a run. */
final class Topics implements AutoCloseable {

    /** When more totals are due and nothing comes, for how long it is waited. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String servers;
    private final Admin admin;

    Topics(String servers) {
        this.servers = servers;
        this.admin = Admin.create(Map.of("bootstrap.servers", servers));
    }

    static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    void create(String topic, int partitions) throws InterruptedException {
        get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all());
        TimeUnit.MILLISECONDS.sleep(300);
    }

    /** Deletes the topics whose names start so. */
    void delete(String prefix) throws InterruptedException {
        Set<String> names = get(admin.listTopics().names()).stream()
                .filter(name -> name.startsWith(prefix))
                .collect(Collectors.toSet());
        if (!names.isEmpty()) {
            get(admin.deleteTopics(names).all());
        }
    }

    /** Sends the records of a workload. */
    void fill(String topic, Workload workload, long count) {
        try (KafkaProducer<byte[], io.tidemark.benchmarks.workload.Order> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        servers,
                        "linger.ms",
                        20,
                        "batch.size",
                        262_144,
                        "buffer.memory",
                        128L << 20),
                new ByteArraySerializer(),
                new OrderCodec())) {
            AtomicReference<@Nullable Exception> lost = new AtomicReference<>();
            Workload.Stream records = workload.records(count);
            while (records.advance()) {
                Future<RecordMetadata> unused = producer.send(
                        new ProducerRecord<>(topic, Workload.key(records.key()), records.order(0)),
                        (metadata, failure) -> lost.compareAndSet(null, failure));
            }
            producer.flush();
            if (lost.get() != null) {
                throw new IllegalStateException("The input could not be sent", lost.get());
            }
        }
    }

    /** Sum of the committed ends of the partitions: records, and a marker for each transaction and partition. */
    long committedEnd(List<TopicPartition> partitions) throws InterruptedException {
        return get(admin.listOffsets(
                                partitions.stream()
                                        .collect(Collectors.toMap(
                                                partition -> partition, partition -> OffsetSpec.latest())),
                                new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .values()
                .stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    /** Waits until so many records are committed. */
    void awaitCommitted(List<TopicPartition> partitions, long count, Child child, Duration most)
            throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (committedEnd(partitions) < count) {
            child.requireAlive();
            if (System.nanoTime() > end) {
                throw new AssertionError(committedEnd(partitions) + " of " + count + " are committed");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** A reader of committed totals, from the start. */
    KafkaConsumer<byte[], Total> reader(List<TopicPartition> partitions) {
        KafkaConsumer<byte[], Total> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", servers,
                        "isolation.level", "read_committed",
                        "max.poll.records", "5000",
                        "fetch.max.wait.ms", "10",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new TotalCodec());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    /**
     * Reads all that was committed and compares it with what is right.
     *
     * @param expected how many totals there must be, or -1 when that is not known
     * @throws AssertionError when one of them is wrong, or there are too few, or they cannot be read to their end
     */
    void verify(List<TopicPartition> partitions, Workload workload, long expected) {
        Verdict verdict = new Verdict(workload.lastKeys());
        try (KafkaConsumer<byte[], Total> consumer = reader(partitions)) {
            long lastSeen = System.nanoTime();
            // the end is asked for again and again: whatever is there behind the last one that is due is wrong as well
            while (verdict.records() < expected || !isAt(consumer, consumer.endOffsets(partitions))) {
                ConsumerRecords<byte[], Total> records = consumer.poll(Duration.ofMillis(200));
                for (ConsumerRecord<byte[], Total> record : records) {
                    verdict.accept(Workload.number(record.key()), record.value());
                }
                if (!records.isEmpty()) {
                    lastSeen = System.nanoTime();
                }
                if (System.nanoTime() - lastSeen > PATIENCE.toNanos()) {
                    throw new AssertionError(verdict.records() + " totals can be read, and no more come");
                }
            }
        }
        if (expected >= 0 && verdict.records() != expected) {
            throw new AssertionError(verdict.records() + " totals of " + expected + " came out");
        }
        if (verdict.records() == 0) {
            throw new AssertionError("Nothing came out");
        }
    }

    private static boolean isAt(KafkaConsumer<byte[], Total> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** Who wrote to a partition last. */
    ProducerState producer(TopicPartition partition) throws InterruptedException {
        return get(admin.describeProducers(List.of(partition)).partitionResult(partition)).activeProducers().stream()
                .max(Comparator.comparingLong(ProducerState::lastTimestamp))
                .orElseThrow();
    }

    /** Bytes of the topics whose names start so and end so. */
    long bytes(String prefix, String suffix) throws InterruptedException {
        return get(admin.describeLogDirs(Set.of(1)).allDescriptions()).values().stream()
                .flatMap(directories -> directories.values().stream())
                .flatMap(directory -> directory.replicaInfos().entrySet().stream())
                .filter(replica -> replica.getKey().topic().startsWith(prefix)
                        && replica.getKey().topic().endsWith(suffix))
                .mapToLong(replica -> replica.getValue().size())
                .sum();
    }

    private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
