package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Workload;
import java.util.Arrays;
import java.util.List;

/**
 * What is asked for on the command line.
 *
 * @param contestants who takes part, in this order
 * @param workloads on what
 * @param rounds turns of each
 * @param records records of a workload
 * @param warmRecords records before the window that is measured
 * @param seconds most seconds of the window
 * @param partitions partitions of each topic
 * @param threads threads of each contestant
 * @param commitMillis time between commits
 * @param flinkCommitMillis time between checkpoints of Flink
 * @param nativeMegabytes memory of a store outside the heap
 * @param jvmOptions more options for the contestants' JVMs
 */
record Options(
        List<Contestant> contestants,
        List<Workload> workloads,
        int rounds,
        long records,
        long warmRecords,
        int seconds,
        int partitions,
        int threads,
        long commitMillis,
        long flinkCommitMillis,
        long nativeMegabytes,
        List<String> jvmOptions) {

    static final String USAGE = """
            --contestants limit,tidemark,streams,flink,redis
            --workloads skewed,uniform,growing
            --rounds 3            turns of each
            --records 16000000    records of a workload
            --warm 2000000        records before the window that is measured
            --seconds 45          most seconds of the window
            --partitions 8 --threads 2 --commit 100 --flink-commit 1000 --native 512
            --jvm "..."           more options for the contestants' JVMs
            """;

    static Options of(String[] arguments) {
        Arguments given = new Arguments(arguments);
        Options options = new Options(
                list(given.of("contestants", "limit,tidemark,streams,flink,redis")).stream()
                        .map(Contestant::of)
                        .toList(),
                list(given.of("workloads", "skewed,uniform")).stream()
                        .map(Workload::of)
                        .toList(),
                (int) given.of("rounds", 3),
                given.of("records", 16_000_000),
                given.of("warm", 2_000_000),
                (int) given.of("seconds", 45),
                (int) given.of("partitions", 8),
                (int) given.of("threads", 2),
                given.of("commit", 100),
                given.of("flink-commit", 1_000),
                given.of("native", 512),
                Arrays.stream(given.of("jvm", "").split(" "))
                        .filter(option -> !option.isBlank())
                        .toList());
        given.requireAllKnown();
        return options;
    }

    private static List<String> list(String text) {
        return Arrays.asList(text.split(","));
    }
}
