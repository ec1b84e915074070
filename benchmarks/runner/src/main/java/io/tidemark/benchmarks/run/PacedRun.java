package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Job;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.Verdict;
import io.tidemark.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** A contestant under an even load, and a reader of what it commits, who compares every total with what is right. */
final class PacedRun implements AutoCloseable {

    /** Whoever is never further behind has done with what came while it started. */
    private static final int CAUGHT_UP_MICROS = 1_000_000;

    private static final Duration WINDOW = Duration.ofMillis(50);
    private static final int WINDOWS = 20;

    private static final Duration LONGEST_START = Duration.ofMinutes(2);

    private final Contestant contestant;
    private final Topics topics;
    private final String name;
    private final List<TopicPartition> partitions;
    private final Verdict verdict;
    private @Nullable Redis redis;
    private @Nullable Child child;
    private @Nullable PacedSender sender;
    private @Nullable KafkaConsumer<byte[], Total> consumer;
    private long begun;
    private long records;

    /** Takes the latency of one total, in microseconds. */
    interface Sink {
        void accept(int micros);
    }

    private PacedRun(Options options, Topics topics, Contestant contestant, Workload workload, String name) {
        this.contestant = contestant;
        this.topics = topics;
        this.name = name;
        this.partitions = Topics.partitions(name, options.partitions());
        this.verdict = new Verdict(workload.lastKeys());
    }

    /**
     * Starts all of it.
     *
     * @param name of the output topic; the input's begins with it
     * @param home where the process keeps its files
     */
    static PacedRun start(
            Options options,
            Broker broker,
            Topics topics,
            Contestant contestant,
            Workload workload,
            int perSecond,
            String name,
            Path home)
            throws Exception {
        PacedRun run = new PacedRun(options, topics, contestant, workload, name);
        try {
            String input = name + "-in";
            topics.create(input, options.partitions());
            topics.create(name, options.partitions());
            run.redis = contestant.needsRedis() ? new Redis(home.resolve("redis")) : null;
            Job job = options.job(broker, input, name, contestant, home.resolve("state"), run.redis);
            run.consumer = topics.reader(run.partitions);
            run.sender = new PacedSender(broker.servers(), input, workload, perSecond);
            run.begun = System.nanoTime();
            run.child = contestant.start(job, options.jvmOptions(), home.resolve(name + ".log"));
            return run;
        } catch (Exception | Error e) {
            run.close();
            throw e;
        }
    }

    /**
     * Waits until it has started and has done with what came meanwhile: for a whole window no total was late.
     *
     * @return seconds from the start of its process to its first total, to a twentieth
     */
    double awaitCaughtUp() {
        long end = begun + LONGEST_START.toNanos();
        double first = -1;
        int quietWindows = 0;
        while (quietWindows < WINDOWS) {
            if (System.nanoTime() > end) {
                throw new AssertionError(contestant.title() + " has not caught up after " + LONGEST_START);
            }
            long before = records;
            int[] latest = {0};
            readUntil(System.nanoTime() + WINDOW.toNanos(), micros -> latest[0] = Math.max(latest[0], micros));
            boolean quiet = records > before && latest[0] <= CAUGHT_UP_MICROS;
            quietWindows = quiet ? quietWindows + 1 : 0;
            if (first < 0 && records > 0) {
                first = (System.nanoTime() - begun) / 1e9;
            }
        }
        return first;
    }

    /** Reads totals until a moment of {@link System#nanoTime}. */
    void readUntil(long end, Sink sink) {
        while (System.nanoTime() < end) {
            child().requireAlive();
            Objects.requireNonNull(sender).requireWell();
            for (ConsumerRecord<byte[], Total> record : consumer().poll(Duration.ofMillis(20))) {
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
        return partitions.size() == 1 ? consumer().position(partitions.get(0)) - records : -1;
    }

    double cpuSeconds() {
        return Usage.cpuSeconds(child().pid()) + (redis == null ? 0 : Usage.cpuSeconds(redis.pid()));
    }

    /** What it occupies, in bytes. */
    long memory() {
        return Usage.memory(child().pid()) + (redis == null ? 0 : Usage.memory(redis.pid()));
    }

    private Child child() {
        return Objects.requireNonNull(child);
    }

    private KafkaConsumer<byte[], Total> consumer() {
        return Objects.requireNonNull(consumer);
    }

    /** Ends what was started, each whatever became of the others. */
    @Override
    public void close() {
        Utils.closeQuietly(child, "process");
        Utils.closeQuietly(redis, "redis");
        Utils.closeQuietly(sender, "sender");
        Utils.closeQuietly(consumer, "reader");
        Utils.closeQuietly(() -> topics.delete(name), "topics");
    }
}
