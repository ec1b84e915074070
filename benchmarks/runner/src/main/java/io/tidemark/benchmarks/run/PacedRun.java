package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Job;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.Verdict;
import io.tidemark.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A contestant under an even load, and a reader of what it commits, who compares every total with what is right. */
final class PacedRun implements AutoCloseable {

    /** Who is so far behind at most has done with what came while it started. */
    private static final int CAUGHT_UP_MICROS = 1_000_000;

    private static final Duration LONGEST_START = Duration.ofMinutes(2);

    private final Contestant contestant;
    private final Topics topics;
    private final String name;
    private final List<TopicPartition> partitions;
    private final Verdict verdict;
    private final @Nullable Redis redis;
    private final Child child;
    private final PacedSender sender;
    private final KafkaConsumer<byte[], Total> consumer;
    private final long begun = System.nanoTime();
    private long records;

    /** Takes the latency of one total, in microseconds. */
    interface Sink {
        void accept(int micros);
    }

    /**
     * @param name of the output topic; the input's begins with it
     * @param home where the process keeps its files
     */
    PacedRun(
            Options options,
            Broker broker,
            Topics topics,
            Contestant contestant,
            Workload workload,
            int perSecond,
            String name,
            Path home)
            throws Exception {
        this.contestant = contestant;
        this.topics = topics;
        this.name = name;
        this.partitions = Topics.partitions(name, options.partitions());
        this.verdict = new Verdict(workload.lastKeys());
        String input = name + "-in";
        topics.create(input, options.partitions());
        topics.create(name, options.partitions());
        this.redis = contestant.needsRedis() ? new Redis(home.resolve("redis")) : null;
        Job job = options.job(broker, input, name, contestant, home.resolve("state"), redis);
        this.child = contestant.start(job, options.jvmOptions(), home.resolve(name + ".log"));
        this.sender = new PacedSender(broker.servers(), input, workload, perSecond);
        this.consumer = topics.reader(partitions);
    }

    /**
     * Waits until it has started and has done with what came meanwhile.
     *
     * @return seconds from the start of its process to its first total
     */
    double awaitCaughtUp() {
        long end = begun + LONGEST_START.toNanos();
        int[] last = {Integer.MAX_VALUE};
        double first = -1;
        while (last[0] > CAUGHT_UP_MICROS) {
            if (System.nanoTime() > end) {
                throw new AssertionError(contestant.title() + " has not caught up after " + LONGEST_START);
            }
            readUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50), micros -> last[0] = micros);
            if (first < 0 && records > 0) {
                first = (System.nanoTime() - begun) / 1e9;
            }
        }
        return first;
    }

    /** Reads totals until a moment of {@link System#nanoTime}. */
    void readUntil(long end, Sink sink) {
        while (System.nanoTime() < end) {
            child.requireAlive();
            sender.requireWell();
            for (ConsumerRecord<byte[], Total> record : consumer.poll(Duration.ofMillis(20))) {
                if (contestant.computes()) {
                    verdict.accept(Workload.number(record.key()), record.value());
                }
                records++;
                sink.accept((int) Math.min(
                        Integer.MAX_VALUE, PacedSender.micros() - record.value().time()));
            }
        }
    }

    List<TopicPartition> partitions() {
        return partitions;
    }

    /** Transactions that wrote totals so far; -1 where there are several partitions, and nobody can tell. */
    long commits() {
        // with one partition every offset that is no total is the marker of a transaction
        return partitions.size() == 1 ? consumer.position(partitions.get(0)) - records : -1;
    }

    double cpuSeconds() {
        return Usage.cpuSeconds(child.pid()) + (redis == null ? 0 : Usage.cpuSeconds(redis.pid()));
    }

    /** What it occupies, in bytes. */
    long memory() {
        return Usage.memory(child.pid()) + (redis == null ? 0 : Usage.memory(redis.pid()));
    }

    @Override
    public void close() {
        try {
            consumer.close();
            sender.close();
        } finally {
            child.close();
            if (redis != null) {
                redis.close();
            }
        }
        try {
            topics.delete(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
