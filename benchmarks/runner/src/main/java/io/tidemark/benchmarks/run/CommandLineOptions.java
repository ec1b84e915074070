package io.tidemark.benchmarks.run;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line, and what it starts. */
@Command(
        name = "benchmark",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpWidth = 110,
        description = "Runs contestants in turn on each workload and writes what came of it.")
@SuppressWarnings("NullAway.Init") // filled by the command line
final class CommandLineOptions implements Callable<Integer> {

    /** What {@code all} stands for. */
    private static final List<String> ALL = List.of(
            "skewed",
            "uniform",
            "growing",
            "skewed@2x1",
            "skewed@2x64",
            "skewed@1x8",
            "skewed@1x1",
            "latency",
            "recovery",
            "endurance");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--contestants",
            split = ",",
            defaultValue = "limit,tidemark,streams,flink,redis",
            description = "Who takes part, in this order: ${DEFAULT-VALUE}.")
    private List<String> contestants;

    @Option(
            names = "--workloads",
            split = ",",
            defaultValue = "skewed,uniform,latency,recovery",
            description =
                    "On what: skewed, uniform, growing, latency, recovery, endurance; skewed@1x64 is with one thread and 64"
                            + " partitions; all is everything and takes some hours. Default: ${DEFAULT-VALUE}.")
    private List<String> workloads;

    @Option(names = "--rounds", defaultValue = "3", description = "Turns of each. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--records",
            defaultValue = "80000000",
            description = "Records of a workload. Default: ${DEFAULT-VALUE}.")
    private long records;

    @Option(
            names = "--growing",
            defaultValue = "20000000",
            description = "Records of growing, all of which are waited for. Default: ${DEFAULT-VALUE}.")
    private long growing;

    @Option(
            names = "--warm",
            defaultValue = "2000000",
            description = "Records before the window that is measured. Default: ${DEFAULT-VALUE}.")
    private long warm;

    @Option(
            names = "--warm-seconds",
            defaultValue = "10",
            description = "Seconds before it, from the start of the contestant. Default: ${DEFAULT-VALUE}.")
    private int warmSeconds;

    @Option(
            names = "--seconds",
            defaultValue = "25",
            description = "Most seconds of the window. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--rates",
            split = ",",
            defaultValue = "1000,10000,30000",
            description = "Loads of latency, in records per second. Default: ${DEFAULT-VALUE}.")
    private List<Integer> rates;

    @Option(
            names = "--pace-warm",
            defaultValue = "20",
            description = "Seconds before latencies count. Default: ${DEFAULT-VALUE}.")
    private int paceWarm;

    @Option(names = "--pace", defaultValue = "20", description = "Seconds they count. Default: ${DEFAULT-VALUE}.")
    private int pace;

    @Option(
            names = "--sizes",
            split = ",",
            defaultValue = "1000000",
            description = "Keys a process has when recovery kills it. Default: ${DEFAULT-VALUE}.")
    private List<Integer> sizes;

    @Option(
            names = "--settle",
            defaultValue = "10",
            description = "Seconds of work before that. Default: ${DEFAULT-VALUE}.")
    private int settle;

    @Option(names = "--minutes", defaultValue = "30", description = "Minutes of endurance. Default: ${DEFAULT-VALUE}.")
    private int minutes;

    @Option(
            names = "--endurance-rate",
            defaultValue = "20000",
            description = "Its load, in records per second. Default: ${DEFAULT-VALUE}.")
    private int enduranceRate;

    @Option(
            names = "--partitions",
            defaultValue = "8",
            description = "Partitions of each topic. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(
            names = "--threads",
            defaultValue = "2",
            description = "Threads of each contestant. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--commit",
            defaultValue = "100",
            description = "Milliseconds between commits. Default: ${DEFAULT-VALUE}.")
    private long commit;

    @Option(
            names = "--flink-commit",
            defaultValue = "1000",
            description = "Milliseconds between checkpoints of Flink. Default: ${DEFAULT-VALUE}.")
    private long flinkCommit;

    @Option(
            names = "--native",
            defaultValue = "512",
            description = "Megabytes of a store outside the heap. Default: ${DEFAULT-VALUE}.")
    private long nativeMegabytes;

    @Option(names = "--jvm", defaultValue = "", description = "More options for the contestants' JVMs, in quotes.")
    private String jvm;

    /** What was asked for, checked: what is unknown is found before hours have passed. */
    Options options() {
        try {
            List<String> all = new ArrayList<>();
            workloads.forEach(name -> all.addAll(name.equals("all") ? ALL : List.of(name)));
            Options options = new Options(
                    contestants.stream().map(Contestant::of).toList(),
                    all,
                    rounds,
                    records,
                    warm,
                    warmSeconds,
                    seconds,
                    partitions,
                    threads,
                    commit,
                    flinkCommit,
                    nativeMegabytes,
                    rates,
                    paceWarm,
                    pace,
                    sizes,
                    settle,
                    minutes,
                    enduranceRate,
                    growing,
                    Arrays.stream(jvm.split(" "))
                            .filter(option -> !option.isBlank())
                            .toList());
            options.throughputs().forEach(options::forWorkload);
            return options;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public Integer call() throws Exception {
        Path results = Path.of(System.getProperty("benchmarks.results", "../results"));
        String stamp = LocalDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss"));
        Report report = BenchmarkMain.run(options(), results.resolve(stamp));
        return report.failures().isEmpty() ? 0 : 1;
    }
}
