package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.contestant.Job;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.Verdict;
import io.tidemark.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * An even load for a long time, looked at minute by minute: what grows with the number of commits or with time shows as a minute that costs
 * more than the one before. Every total is compared with what is right.
 */
final class Endurance {

    private static final int MOST_LATENCIES = 10_000_000;

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
     * @param commits transactions that wrote totals to the first partition
     * @param clientCpu CPU seconds of the process
     * @param memory what the process occupied at the end
     * @param producerId the last producer that wrote to the first partition
     * @param producerEpoch its epoch
     */
    record Minute(
            Contestant contestant,
            int number,
            long records,
            long commits,
            double p50,
            double p99,
            double max,
            double clientCpu,
            long memory,
            long producerId,
            int producerEpoch) {}

    void run(Contestant contestant, Path home, Consumer<Minute> each) throws Exception {
        String name = contestant.title() + "-endurance";
        String input = name + "-in";
        topics.create(input, options.partitions());
        topics.create(name, options.partitions());
        List<TopicPartition> partitions = Topics.partitions(name, options.partitions());
        Verdict verdict = new Verdict(workload.lastKeys());
        try (Redis redis = contestant.needsRedis() ? new Redis(home.resolve("redis")) : null) {
            Job job = options.job(broker, input, name, contestant, home.resolve("state"), redis);
            try (Child child = contestant.start(job, options.jvmOptions(), home.resolve(name + ".log"));
                    PacedSender sender = new PacedSender(broker.servers(), input, workload, options.enduranceRate());
                    KafkaConsumer<byte[], Total> consumer = topics.reader(partitions)) {
                int[] micros = new int[Math.min(MOST_LATENCIES, options.enduranceRate() * 120)];
                long start = System.nanoTime();
                long markers = 0;
                for (int minute = 1; minute <= options.enduranceMinutes(); minute++) {
                    double cpu = Usage.cpuSeconds(child.pid());
                    int count = 0;
                    long end = start + TimeUnit.MINUTES.toNanos(minute);
                    while (System.nanoTime() < end) {
                        child.requireAlive();
                        sender.requireWell();
                        for (ConsumerRecord<byte[], Total> record : consumer.poll(Duration.ofMillis(100))) {
                            if (contestant.computes()) {
                                verdict.accept(Workload.number(record.key()), record.value());
                            }
                            micros[count++] =
                                    (int) (PacedSender.micros() - record.value().time());
                        }
                    }
                    if (count < options.enduranceRate() * 30L) {
                        throw new AssertionError(
                                contestant.title() + " does not keep up: " + count + " totals in minute " + minute);
                    }
                    // with one partition every offset that is no total is the marker of a transaction
                    long seen = consumer.position(partitions.get(0)) - verdict.records();
                    Arrays.sort(micros, 0, count);
                    ProducerState producer = topics.producer(partitions.get(0));
                    each.accept(new Minute(
                            contestant,
                            minute,
                            count,
                            options.partitions() == 1 ? seen - markers : -1,
                            micros[count / 2] / 1e3,
                            micros[(int) (count * 0.99)] / 1e3,
                            micros[count - 1] / 1e3,
                            Usage.cpuSeconds(child.pid()) - cpu,
                            Usage.memory(child.pid()),
                            producer.producerId(),
                            producer.producerEpoch()));
                    markers = seen;
                }
            }
        } finally {
            topics.delete(name);
        }
    }
}
