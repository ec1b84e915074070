package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** From the moment an order is due to the moment a reader of committed records has its total, at an even load. */
final class Latency {

    private final Options options;
    private final Broker broker;
    private final Topics topics;

    Latency(Options options, Broker broker, Topics topics) {
        this.options = options;
        this.broker = broker;
        this.topics = topics;
    }

    /**
     * One run.
     *
     * @param contestant who
     * @param perSecond at which load
     * @param round in which turn
     * @param startSeconds from the start of its process to its first total
     * @param millis latencies after it has caught up and warmed up
     */
    record Result(Contestant contestant, int perSecond, int round, double startSeconds, Latencies.Percentiles millis) {}

    Result run(Contestant contestant, int perSecond, int round, Path home) throws Exception {
        String name = contestant.title() + "-paced-" + perSecond + "-" + round;
        try (PacedRun run =
                PacedRun.start(options, broker, topics, contestant, Workload.of("skewed"), perSecond, name, home)) {
            double start = run.awaitCaughtUp();
            run.readUntil(after(options.paceWarmSeconds()), ignored -> {});
            Latencies latencies = new Latencies(perSecond * options.paceSeconds());
            run.readUntil(after(options.paceSeconds()), latencies::add);
            if (latencies.count() < perSecond * options.paceSeconds() / 2) {
                throw new AssertionError(contestant.title() + " does not keep up with " + perSecond + "/s: only "
                        + latencies.count() + " totals in " + options.paceSeconds() + " s");
            }
            return new Result(contestant, perSecond, round, start, latencies.percentiles());
        }
    }

    private static long after(int seconds) {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }
}
