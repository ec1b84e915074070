package io.tidemark.benchmarks.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Runs contestants in turn on each workload and writes what came of it. See docs/benchmarks.md. */
public final class BenchmarkMain {

    private final Options options;
    private final Broker broker;
    private final Topics topics;
    private final Path work;
    private final Report report;

    private BenchmarkMain(Options options, Broker broker, Topics topics, Path work, Report report) {
        this.options = options;
        this.broker = broker;
        this.topics = topics;
        this.work = work;
        this.report = report;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new CommandLineOptions()).execute(arguments));
    }

    /** Answers what came of all runs; it is in the folder as well. */
    static Report run(Options options, Path folder) throws Exception {
        Files.createDirectories(folder);
        Path work = Files.createTempDirectory("tidemark-benchmark");
        Report report = new Report(options, folder);
        try (Broker broker = new Broker(work.resolve("broker"));
                Topics topics = new Topics(broker.servers())) {
            report.settings(broker.settings());
            BenchmarkMain benchmark = new BenchmarkMain(options, broker, topics, work, report);
            for (String workload : options.throughputs()) {
                benchmark.throughput(workload);
            }
            if (options.workloads().contains(Options.LATENCY)) {
                benchmark.latency();
            }
            if (options.workloads().contains(Options.RECOVERY)) {
                benchmark.recovery();
            }
            if (options.workloads().contains(Options.ENDURANCE)) {
                benchmark.endurance();
            }
        } finally {
            keep("broker", work.resolve("broker"), folder);
            delete(work);
        }
        report.end();
        return report;
    }

    /** A part of the whole that has its own figure, with a directory for its files. */
    private interface Run {
        void in(Path home) throws Exception;
    }

    /** One that fails has no figure; the others go on. */
    private void run(String name, Run run) throws IOException, InterruptedException {
        Path home = Files.createDirectories(work.resolve(name));
        try {
            run.in(home);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | AssertionError e) {
            report.failed(name, e);
        } finally {
            keep(name, home, report.folder());
            delete(home);
        }
    }

    private void throughput(String workload) throws IOException, InterruptedException {
        Throughput throughput = new Throughput(options, broker, topics, workload);
        run("input-" + Options.title(workload), home -> throughput.fillInput());
        run("warm-" + Options.title(workload), throughput::warmBroker);
        for (int round = 1; round <= options.rounds(); round++) {
            int turn = round;
            for (Contestant contestant : options.contestants()) {
                run(
                        contestant.title() + "-" + Options.title(workload) + "-" + round,
                        home -> report.figure(throughput.run(contestant, turn, home)));
            }
        }
        run("input-" + Options.title(workload), home -> throughput.deleteInput());
    }

    private void latency() throws IOException, InterruptedException {
        Latency latency = new Latency(options, broker, topics);
        // not counted: the first one would meet a cold broker
        run(
                "warm-latency",
                home -> latency.run(Contestant.TIDEMARK, options.rates().get(0), 0, home));
        for (int perSecond : options.rates()) {
            for (int round = 1; round <= options.rounds(); round++) {
                int turn = round;
                for (Contestant contestant : options.contestants()) {
                    run(
                            contestant.title() + "-paced-" + perSecond + "-" + round,
                            home -> report.latency(latency.run(contestant, perSecond, turn, home)));
                }
            }
        }
    }

    private void recovery() throws IOException, InterruptedException {
        Recovery recovery = new Recovery(options, broker, topics);
        // not counted either
        run(
                "warm-recovery",
                home -> recovery.run(Contestant.TIDEMARK, options.sizes().get(0), true, 0, home));
        for (int keys : options.sizes()) {
            for (boolean diskKept : new boolean[] {true, false}) {
                for (int round = 1; round <= options.rounds(); round++) {
                    int turn = round;
                    for (Contestant contestant : options.contestants()) {
                        if (contestant == Contestant.TIDEMARK || contestant == Contestant.STREAMS) {
                            run(
                                    contestant.title() + "-killed-" + keys + (diskKept ? "-kept-" : "-wiped-") + round,
                                    home -> report.recovery(recovery.run(contestant, keys, diskKept, turn, home)));
                        }
                    }
                }
            }
        }
    }

    private void endurance() throws IOException, InterruptedException {
        Endurance endurance = new Endurance(options, broker, topics);
        for (Contestant contestant : options.contestants()) {
            run(contestant.title() + "-endurance", home -> endurance.run(contestant, home, report::endurance));
        }
    }

    /** What the processes of a run said, for whoever asks where the time went. */
    private static void keep(String run, Path home, Path folder) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            for (Path log :
                    files.filter(file -> file.toString().endsWith(".log")).toList()) {
                String name = log.getFileName().toString();
                Path kept = folder.resolve(name.startsWith(run) ? name : run + "-" + name);
                Files.copy(log, kept, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
