package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.contestant.Job;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.Verdict;
import io.tidemark.benchmarks.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * An even load for a long time, looked at minute by minute: what grows with the number of commits or with time shows as a minute that costs
 * more than the one before. Every total is compared with what is right.
 */
final class Endurance {

    private final Options options;
    private final Broker broker;
    private final Topics topics;
    private final Workload workload = Workload.of("skewed");

    Endurance(Options options, Broker broker, Topics topics) {
        this.options = options;
        this.broker = broker;
        this.topics = topics;
    }

    /**
     * One minute of it.
     *
     * @param records totals that came
     * @param commits transactions that wrote totals; -1 where there are several partitions, and nobody can tell
     * @param clientCpu CPU seconds of the process
     * @param memory what the process occupied at the end
     * @param micros latencies, as many as there are records
     */
    record Minute(
            Contestant contestant, int number, int records, long commits, double clientCpu, long memory, int[] micros) {

        Minute sorted() {
            Arrays.sort(micros, 0, records);
            return this;
        }

        /** Milliseconds that this share of the totals took at most; only once they are sorted. */
        double at(double share) {
            return micros[(int) (share * (records - 1))] / 1e3;
        }
    }

    /** Takes a minute, its latencies sorted, and who wrote to the first partition last. */
    interface Sink {
        void accept(Minute minute, ProducerState producer) throws IOException;
    }

    private static double cpuSeconds(Child child, @Nullable Redis redis) {
        return Usage.cpuSeconds(child.pid()) + (redis == null ? 0 : Usage.cpuSeconds(redis.pid()));
    }

    void run(Contestant contestant, Path home, Sink each) throws Exception {
        String name = contestant.title() + "-endurance";
        String input = name + "-in";
        topics.create(input, options.partitions());
        topics.create(name, options.partitions());
        List<TopicPartition> partitions = Topics.partitions(name, options.partitions());
        Verdict verdict = new Verdict(workload.lastKeys());
        List<Future<?>> reports = new ArrayList<>();
        ExecutorService reporter = Executors.newSingleThreadExecutor();
        try (Redis redis = contestant.needsRedis() ? new Redis(home.resolve("redis")) : null) {
            Job job = options.job(broker, input, name, contestant, home.resolve("state"), redis);
            try (Child child = contestant.start(job, options.jvmOptions(), home.resolve(name + ".log"));
                    PacedSender sender = new PacedSender(broker.servers(), input, workload, options.enduranceRate());
                    KafkaConsumer<byte[], Total> consumer = topics.reader(partitions)) {
                int[] micros = new int[options.enduranceRate() * 75];
                long start = System.nanoTime();
                long records = 0;
                long markers = 0;
                double cpu = cpuSeconds(child, redis);
                for (int minute = 1; minute <= options.enduranceMinutes(); minute++) {
                    int count = 0;
                    long end = start + TimeUnit.MINUTES.toNanos(minute);
                    while (System.nanoTime() < end) {
                        child.requireAlive();
                        sender.requireWell();
                        for (ConsumerRecord<byte[], Total> record : consumer.poll(Duration.ofMillis(100))) {
                            if (contestant.computes()) {
                                verdict.accept(Workload.number(record.key()), record.value());
                            }
                            if (count == micros.length) {
                                micros = Arrays.copyOf(micros, 2 * count);
                            }
                            micros[count++] =
                                    (int) (PacedSender.micros() - record.value().time());
                        }
                    }
                    if (count < options.enduranceRate() * 30L) {
                        throw new AssertionError(
                                contestant.title() + " does not keep up: " + count + " totals in minute " + minute);
                    }
                    records += count;
                    // with one partition every offset that is no total is the marker of a transaction
                    long seen = partitions.size() == 1 ? consumer.position(partitions.get(0)) - records : -1;
                    double cpuNow = cpuSeconds(child, redis);
                    Minute done = new Minute(
                            contestant,
                            minute,
                            count,
                            seen < 0 ? -1 : seen - markers,
                            cpuNow - cpu,
                            Usage.memory(child.pid()) + (redis == null ? 0 : Usage.memory(redis.pid())),
                            micros);
                    markers = seen;
                    cpu = cpuNow;
                    micros = new int[micros.length];
                    // elsewhere: while it is sorted, the next totals would wait here and seem late
                    reports.add(reporter.submit(() -> {
                        each.accept(done.sorted(), topics.producer(partitions.get(0)));
                        return null;
                    }));
                }
                for (Future<?> report : reports) {
                    report.get();
                }
            }
        } finally {
            reporter.shutdown();
            topics.delete(name);
        }
    }
}
