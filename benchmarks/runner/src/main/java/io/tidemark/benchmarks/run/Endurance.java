package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.ProducerState;

/**
 * An even load for a long time, looked at minute by minute: what grows with the number of commits or with time shows as a minute that costs
 * more than the one before. Every total is compared with what is right.
 */
final class Endurance {

    private final Options options;
    private final Broker broker;
    private final Topics topics;

    Endurance(Options options, Broker broker, Topics topics) {
        this.options = options;
        this.broker = broker;
        this.topics = topics;
    }

    /**
     * One minute of it.
     *
     * @param contestant who
     * @param number counted from 1; the first begins once it has started and caught up
     * @param records totals that came
     * @param commits transactions that wrote totals; -1 where there are several partitions, and nobody can tell
     * @param clientCpu CPU seconds of the process
     * @param memory what the process occupied at the end
     * @param changelog bytes of its changelog at the end
     * @param millis latencies
     */
    record Minute(
            Contestant contestant,
            int number,
            int records,
            long commits,
            double clientCpu,
            long memory,
            long changelog,
            Latencies.Percentiles millis) {}

    /** Takes a minute, and who wrote to the first partition last. */
    interface Sink {
        void accept(Minute minute, ProducerState producer) throws IOException;
    }

    void run(Contestant contestant, Path home, Sink each) throws Exception {
        String name = contestant.title() + "-endurance";
        Workload workload = Workload.of("skewed");
        int perSecond = options.enduranceRate();
        List<Future<?>> reports = new ArrayList<>();
        ExecutorService reporter = Executors.newSingleThreadExecutor();
        try (PacedRun run = PacedRun.start(options, broker, topics, contestant, workload, perSecond, name, home)) {
            run.awaitCaughtUp();
            long start = System.nanoTime();
            long commits = run.commits();
            double cpu = run.cpuSeconds();
            for (int minute = 1; minute <= options.enduranceMinutes(); minute++) {
                Latencies latencies = new Latencies(perSecond * 60);
                run.readUntil(start + TimeUnit.MINUTES.toNanos(minute), latencies::add);
                if (latencies.count() < perSecond * 30L) {
                    throw new AssertionError(contestant.title() + " does not keep up: " + latencies.count()
                            + " totals in minute " + minute);
                }
                double cpuNow = run.cpuSeconds();
                long commitsNow = run.commits();
                int number = minute;
                long more = commitsNow < 0 ? -1 : commitsNow - commits;
                double used = cpuNow - cpu;
                long memory = run.memory();
                cpu = cpuNow;
                commits = commitsNow;
                // elsewhere: while it is sorted, the next totals would wait here and seem late
                reports.add(reporter.submit(() -> {
                    each.accept(
                            new Minute(
                                    contestant,
                                    number,
                                    latencies.count(),
                                    more,
                                    used,
                                    memory,
                                    topics.bytes(name, "changelog"),
                                    latencies.percentiles()),
                            topics.producer(run.partitions().get(0)));
                    return null;
                }));
            }
            for (Future<?> report : reports) {
                report.get();
            }
        } finally {
            reporter.shutdown();
            reporter.awaitTermination(
                    2, TimeUnit.MINUTES); // what is left of it writes to the same report as whoever is next
        }
    }
}
