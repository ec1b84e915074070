package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Job;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * From SIGKILL to the first committed total of the process that is started again at once, with much state. All totals are compared with what
 * is right, those after the restart as well.
 */
final class Recovery {

    private static final int PER_SECOND = 1_000;

    private final Options options;
    private final Broker broker;
    private final Topics topics;

    Recovery(Options options, Broker broker, Topics topics) {
        this.options = options;
        this.broker = broker;
        this.topics = topics;
    }

    /**
     * One recovery.
     *
     * @param contestant who
     * @param keys keys it had
     * @param diskKept whether it found its local state again
     * @param round in which turn
     * @param seconds how long nothing was committed
     */
    record Result(Contestant contestant, int keys, boolean diskKept, int round, double seconds) {}

    Result run(Contestant contestant, int keys, boolean diskKept, int round, Path home) throws Exception {
        Workload workload = Workload.sized(keys);
        long records = 2L * keys;
        String name = contestant.title() + "-killed-" + keys + "-" + (diskKept ? "kept-" : "wiped-") + round;
        String input = name + "-in";
        topics.create(input, options.partitions());
        topics.create(name, options.partitions());
        topics.fill(input, workload, records);
        List<TopicPartition> partitions = Topics.partitions(name, options.partitions());
        try {
            Job job = options.job(broker, input, name, contestant, home.resolve("state"), null);
            try (Child child = contestant.startAsService(job, options.jvmOptions(), home.resolve(name + "-1.log"))) {
                topics.awaitCommitted(partitions, records, child, Duration.ofMinutes(10));
            }
            double seconds;
            try (PacedSender sender = new PacedSender(broker.servers(), input, workload, records, PER_SECOND)) {
                seconds = restart(contestant, job, partitions, diskKept, name, home);
                sender.requireWell();
            }
            topics.verify(partitions, workload, -1);
            return new Result(contestant, keys, diskKept, round, seconds);
        } finally {
            topics.delete(name);
        }
    }

    /** Runs for a while under a light load, so that what is killed is a process at work. */
    private double restart(
            Contestant contestant, Job job, List<TopicPartition> partitions, boolean diskKept, String name, Path home)
            throws Exception {
        try (KafkaConsumer<byte[], Total> consumer = topics.reader(partitions)) {
            Child child = contestant.startAsService(job, options.jvmOptions(), home.resolve(name + "-2.log"));
            try {
                consumer.seekToEnd(partitions);
                awaitOne(consumer, child);
                count(consumer, Duration.ofSeconds(options.settleSeconds()));
            } finally {
                child.close();
            }
            long killed = System.nanoTime();
            if (!diskKept) {
                BenchmarkMain.delete(home.resolve("state"));
            }
            try (Child again = contestant.startAsService(job, options.jvmOptions(), home.resolve(name + "-3.log"))) {
                // what it committed before it died is skipped: its last transaction is open until the new one fences it
                consumer.seekToEnd(partitions);
                for (TopicPartition partition : partitions) {
                    consumer.position(partition);
                }
                awaitOne(consumer, again);
                double seconds = (System.nanoTime() - killed) / 1e9;
                Duration afterwards =
                        Duration.ofSeconds(options.settleSeconds()).dividedBy(2);
                int more = count(consumer, afterwards); // they will show whether its state was right
                if (more < PER_SECOND * afterwards.toMillis() / 2_000) {
                    throw new AssertionError("Only " + more + " totals followed the first one after a restart");
                }
                return seconds;
            }
        }
    }

    private static int count(KafkaConsumer<byte[], Total> consumer, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        int count = 0;
        while (System.nanoTime() < end) {
            count += consumer.poll(Duration.ofMillis(100)).count();
        }
        return count;
    }

    private static void awaitOne(KafkaConsumer<byte[], Total> consumer, Child child) {
        long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
        while (consumer.poll(Duration.ofMillis(20)).isEmpty()) {
            child.requireAlive();
            if (System.nanoTime() > end) {
                throw new AssertionError("Nothing is committed after a restart");
            }
        }
    }
}
