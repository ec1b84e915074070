package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.contestant.Job;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.Verdict;
import io.tidemark.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** From the moment an order is due to the moment a reader of committed records has its total, at an even load. */
final class Latency {

    private final Options options;
    private final Broker broker;
    private final Topics topics;
    private final Workload workload = Workload.of("skewed");

    Latency(Options options, Broker broker, Topics topics) {
        this.options = options;
        this.broker = broker;
        this.topics = topics;
    }

    /**
     * Latencies of one run, in milliseconds.
     *
     * @param contestant who
     * @param perSecond at which load
     * @param round in which turn
     */
    record Result(Contestant contestant, int perSecond, int round, double p50, double p90, double p99, double max) {}

    Result run(Contestant contestant, int perSecond, int round, Path home) throws Exception {
        String name = contestant.title() + "-paced-" + perSecond + "-" + round;
        String input = name + "-in";
        topics.create(input, options.partitions());
        topics.create(name, options.partitions());
        List<TopicPartition> partitions = Topics.partitions(name, options.partitions());
        Verdict verdict = new Verdict(workload.lastKeys());
        try (Redis redis = contestant.needsRedis() ? new Redis(home.resolve("redis")) : null) {
            Job job = options.job(broker, input, name, contestant, home.resolve("state"), redis);
            try (Child child = contestant.start(job, options.jvmOptions(), home.resolve(name + ".log"));
                    PacedSender sender = new PacedSender(broker.servers(), input, workload, perSecond);
                    KafkaConsumer<byte[], Total> consumer = topics.reader(partitions)) {
                long start = System.nanoTime()
                        + Duration.ofSeconds(options.paceWarmSeconds()).toNanos();
                long end = start + Duration.ofSeconds(options.paceSeconds()).toNanos();
                long[] micros = new long[(int) (perSecond * (options.paceSeconds() + 5L))];
                int count = 0;
                while (System.nanoTime() < end && count < micros.length) {
                    child.requireAlive();
                    sender.requireWell();
                    for (ConsumerRecord<byte[], Total> record : consumer.poll(Duration.ofMillis(100))) {
                        if (contestant.computes()) {
                            verdict.accept(Workload.number(record.key()), record.value());
                        }
                        if (System.nanoTime() >= start && count < micros.length) {
                            micros[count++] =
                                    PacedSender.micros() - record.value().time();
                        }
                    }
                }
                if (count < perSecond * options.paceSeconds() / 2) {
                    throw new AssertionError(contestant.title() + " does not keep up with " + perSecond + "/s: only "
                            + count + " totals in " + options.paceSeconds() + " s");
                }
                long[] sorted = Arrays.copyOf(micros, count);
                Arrays.sort(sorted);
                return new Result(
                        contestant,
                        perSecond,
                        round,
                        at(sorted, 0.5),
                        at(sorted, 0.9),
                        at(sorted, 0.99),
                        sorted[count - 1] / 1e3);
            }
        } finally {
            topics.delete(name);
        }
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))] / 1e3;
    }
}
