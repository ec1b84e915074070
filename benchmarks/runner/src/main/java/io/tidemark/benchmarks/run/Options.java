package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Job;
import io.tidemark.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

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
 * @param sizes keys a process has when it is killed
 * @param settleSeconds how long a process of recovery works before it is killed, and twice as long as what its successor has to show
 * @param enduranceMinutes length of the endurance run
 * @param enduranceRate its load, in records per second
 * @param growingRecords records of the workload whose keys become more
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
        List<Integer> sizes,
        int settleSeconds,
        int enduranceMinutes,
        int enduranceRate,
        long growingRecords,
        List<String> jvmOptions) {

    private static final Pattern OWN = Pattern.compile("@(\\d+)x(\\d+)");

    static final String LATENCY = "latency";
    static final String RECOVERY = "recovery";
    static final String ENDURANCE = "endurance";

    /** Workloads that are no throughput of records that are all there. */
    private static final Set<String> OTHERS = Set.of(LATENCY, RECOVERY, ENDURANCE);

    /** What a command line asks for. */
    static Options of(String... arguments) {
        return CommandLine.populateCommand(new CommandLineOptions(), arguments).options();
    }

    Options {
        contestants = List.copyOf(contestants);
        workloads = List.copyOf(workloads);
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

    /** The workloads of throughput that were asked for, by their names on the command line. */
    List<String> throughputs() {
        return workloads.stream().filter(name -> !OTHERS.contains(name)).toList();
    }

    /** Options of a workload of throughput: those after its {@code @} are its own. */
    Options forWorkload(String throughput) {
        long count = workload(throughput).grows() ? growingRecords : records;
        int at = throughput.indexOf('@');
        if (at < 0) {
            return with(threads, partitions, count);
        }
        Matcher own = OWN.matcher(throughput.substring(at));
        if (!own.matches()) {
            throw new IllegalArgumentException(
                    throughput + ": after the @ come threads and partitions, as in skewed@1x64");
        }
        return with(Integer.parseInt(own.group(1)), Integer.parseInt(own.group(2)), count);
    }

    /** The name of a workload of throughput as a part of names. */
    static String title(String throughput) {
        return throughput.replace('@', '-');
    }

    /** The records of a workload of throughput. */
    static Workload workload(String throughput) {
        return Workload.of(throughput.split("@", -1)[0]);
    }

    private Options with(int threads, int partitions, long records) {
        return new Options(
                contestants,
                workloads,
                rounds,
                records,
                warmRecords,
                warmSeconds,
                seconds,
                partitions,
                threads,
                commitMillis,
                flinkCommitMillis,
                nativeMegabytes,
                rates,
                paceWarmSeconds,
                paceSeconds,
                sizes,
                settleSeconds,
                enduranceMinutes,
                enduranceRate,
                growingRecords,
                jvmOptions);
    }
}
