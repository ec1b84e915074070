package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.contestant.Job;
import io.tidemark.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for on the command line.
 *
 * @param contestants who takes part, in this order
 * @param workloads on what
 * @param rounds turns of each
 * @param records records of a workload
 * @param warmRecords records before the window that is measured
 * @param warmSeconds seconds before it, counted from when the contestant was started
 * @param seconds most seconds of the window
 * @param partitions partitions of each topic
 * @param threads threads of each contestant
 * @param commitMillis time between commits
 * @param flinkCommitMillis time between checkpoints of Flink
 * @param nativeMegabytes memory of a store outside the heap
 * @param rates loads of the latency runs, in records per second
 * @param paceWarmSeconds seconds before latencies count
 * @param paceSeconds seconds they count
 * @param recoveryRecords records before a process is killed
 * @param jvmOptions more options for the contestants' JVMs
 */
record Options(
        List<Contestant> contestants,
        List<String> workloads,
        int rounds,
        long records,
        long warmRecords,
        int warmSeconds,
        int seconds,
        int partitions,
        int threads,
        long commitMillis,
        long flinkCommitMillis,
        long nativeMegabytes,
        List<Integer> rates,
        int paceWarmSeconds,
        int paceSeconds,
        long recoveryRecords,
        List<String> jvmOptions) {

    static final String USAGE = """
            --contestants limit,tidemark,streams,flink,redis
            --workloads skewed,uniform,growing,latency,recovery
            --rounds 3            turns of each
            --records 56000000    records of a workload
            --warm 2000000        records before the window that is measured
            --warm-seconds 10     seconds before it
            --seconds 25          most seconds of the window
            --rates 1000,10000,30000 --pace-warm 20 --pace 20    of latency
            --recovery 4000000    records before the kill of recovery
            --partitions 8 --threads 2 --commit 100 --flink-commit 1000 --native 512
            --jvm "..."           more options for the contestants' JVMs
            """;

    static Options of(String[] arguments) {
        Arguments given = new Arguments(arguments);
        Options options = new Options(
                list(given.of("contestants", "limit,tidemark,streams,flink,redis")).stream()
                        .map(Contestant::of)
                        .toList(),
                list(given.of("workloads", "skewed,uniform,latency,recovery")),
                (int) given.of("rounds", 3),
                given.of("records", 56_000_000),
                given.of("warm", 2_000_000),
                (int) given.of("warm-seconds", 10),
                (int) given.of("seconds", 25),
                (int) given.of("partitions", 8),
                (int) given.of("threads", 2),
                given.of("commit", 100),
                given.of("flink-commit", 1_000),
                given.of("native", 512),
                list(given.of("rates", "1000,10000,30000")).stream()
                        .map(Integer::valueOf)
                        .toList(),
                (int) given.of("pace-warm", 20),
                (int) given.of("pace", 20),
                given.of("recovery", 4_000_000),
                Arrays.stream(given.of("jvm", "").split(" "))
                        .filter(option -> !option.isBlank())
                        .toList());
        given.requireAllKnown();
        return options;
    }

    Job job(Broker broker, String input, String output, Contestant contestant, Path state, @Nullable Redis redis) {
        return new Job(
                broker.servers(),
                input,
                output,
                threads,
                contestant == Contestant.FLINK ? flinkCommitMillis : commitMillis,
                state,
                nativeMegabytes,
                redis == null ? 0 : redis.port());
    }

    /** The workloads of throughput that were asked for. */
    List<Workload> throughputs() {
        return workloads.stream()
                .filter(name -> !name.equals("latency") && !name.equals("recovery"))
                .map(Workload::of)
                .toList();
    }

    private static List<String> list(String text) {
        return Arrays.asList(text.split(","));
    }
}
