package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Job;
import io.tidemark.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/**
 * How fast a contestant works through records that are all there. Measured from outside, by the committed end of its output, from a number of
 * records after its start (everybody warm, most keys known) to the last record or to a limit of time.
 */
final class Throughput {

    /** When nothing more comes, for how long it is waited. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Options options;
    private final Broker broker;
    private final Topics topics;
    private final String name;
    private final Workload workload;
    private final String input;

    /**
     * @param name the workload, with options of its own after an {@code @}
     */
    Throughput(Options all, Broker broker, Topics topics, String name) {
        this.options = all.forWorkload(name);
        this.broker = broker;
        this.topics = topics;
        this.workload = Options.workload(name);
        this.name = Options.title(name);
        this.input = "orders-" + this.name;
    }

    void fillInput() throws InterruptedException {
        topics.create(input, options.partitions());
        topics.fill(input, workload, options.records());
    }

    void deleteInput() throws InterruptedException {
        topics.delete(input);
    }

    /** Works through it without a figure, so that the first one that has one meets no cold broker. */
    void warmBroker(Path home) throws Exception {
        String output = "warm-" + name;
        topics.create(output, options.partitions());
        List<TopicPartition> partitions = Topics.partitions(output, options.partitions());
        Job job = options.job(broker, input, output, Contestant.LIMIT, home.resolve("state"), null);
        try (Child child = Contestant.LIMIT.start(job, options.jvmOptions(), home.resolve(output + ".log"))) {
            new Window(child, null, partitions).awaitAll();
        } finally {
            topics.delete(output);
        }
    }

    Figure run(Contestant contestant, int round, Path home) throws Exception {
        String output = contestant.title() + "-" + name + "-" + round;
        topics.create(output, options.partitions());
        List<TopicPartition> partitions = Topics.partitions(output, options.partitions());
        try (Redis redis = contestant.needsRedis() ? new Redis(home.resolve("redis")) : null) {
            Job job = options.job(broker, input, output, contestant, home.resolve("state"), redis);
            Figure figure;
            boolean all;
            try (Child child = contestant.start(job, options.jvmOptions(), home.resolve(output + ".log"))) {
                Window window = new Window(child, redis, partitions);
                all = window.measure();
                figure = window.figure(contestant, round, output);
                if (all && contestant.computes()) {
                    topics.verify(partitions, workload, options.records());
                }
            }
            if (!all && contestant.computes()) {
                topics.verify(partitions, workload, -1);
            }
            return figure;
        } finally {
            topics.delete(output);
        }
    }

    /** The time over which one contestant is measured. */
    private final class Window {

        private final Child child;
        private final @org.jspecify.annotations.Nullable Redis redis;
        private final List<TopicPartition> partitions;
        private Reading from;
        private Reading to;

        private record Reading(long nanos, long records, double client, double broker, double machine, double self) {}

        Window(Child child, @org.jspecify.annotations.Nullable Redis redis, List<TopicPartition> partitions) {
            this.child = child;
            this.redis = redis;
            this.partitions = partitions;
            this.from = read(0);
            this.to = from;
        }

        /** Nothing is measured. */
        void awaitAll() throws InterruptedException {
            awaitCommitted(options.records() * 99 / 100, Long.MAX_VALUE, Duration.ofMinutes(5));
        }

        /** Whether the contestant worked through all of it. */
        boolean measure() throws InterruptedException {
            long warm = options.warmRecords();
            long begun = System.nanoTime();
            awaitCommitted(warm, Long.MAX_VALUE, Duration.ofMinutes(5));
            if (!workload.grows()) {
                // by time as well: what is fast would have been compiled the least
                long left = TimeUnit.SECONDS.toNanos(options.warmSeconds()) - (System.nanoTime() - begun);
                TimeUnit.NANOSECONDS.sleep(Math.max(0, left));
            }
            to = read(topics.committedEnd(partitions));
            from = to;
            long most = workload.grows()
                    ? Long.MAX_VALUE // the last keys are what it is about
                    : from.nanos() + TimeUnit.SECONDS.toNanos(options.seconds());
            boolean all = awaitCommitted(options.records() * 99 / 100, most, PATIENCE);
            if (to.records() == from.records()) {
                // whoever commits seldom may have committed all of it before the window begins
                throw new AssertionError(
                        "Nothing is left to measure: all was committed while it warmed up; give it more --records");
            }
            return all;
        }

        private boolean awaitCommitted(long count, long until, Duration patience) throws InterruptedException {
            long last = -1;
            long since = System.nanoTime();
            while (true) {
                child.requireAlive();
                long now = topics.committedEnd(partitions);
                if (now > last) {
                    last = now;
                    since = System.nanoTime();
                }
                if (now >= count) {
                    to = read(now);
                    return true;
                }
                if (System.nanoTime() >= until) {
                    to = read(now);
                    return false;
                }
                if (System.nanoTime() - since > patience.toNanos()) {
                    throw new AssertionError("Nothing is committed any more after " + now + " records");
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }

        private Reading read(long records) {
            double client = Usage.cpuSeconds(child.pid()) + (redis == null ? 0 : Usage.cpuSeconds(redis.pid()));
            return new Reading(
                    System.nanoTime(),
                    records,
                    client,
                    Usage.cpuSeconds(broker.pid()),
                    Usage.busySeconds(),
                    Usage.cpuSeconds(ProcessHandle.current().pid()));
        }

        Figure figure(Contestant contestant, int round, String output) throws InterruptedException {
            double seconds = (to.nanos() - from.nanos()) / 1e9;
            double client = to.client() - from.client();
            double server = to.broker() - from.broker();
            double foreign = to.machine() - from.machine() - client - server - (to.self() - from.self());
            return new Figure(
                    contestant,
                    name,
                    round,
                    to.records() - from.records(),
                    seconds,
                    client,
                    server,
                    Math.max(0, foreign) / (seconds * Runtime.getRuntime().availableProcessors()),
                    (double) topics.bytes(output, "changelog") / to.records(),
                    Usage.peakMemory(child.pid()) + (redis == null ? 0 : Usage.peakMemory(redis.pid())));
        }
    }
}
