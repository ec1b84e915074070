package io.tidemark.benchmarks.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Runs contestants in turn on each workload and writes what came of it. See docs/benchmarks.md. */
public final class BenchmarkMain {

    private BenchmarkMain() {}

    public static void main(String[] arguments) throws Exception {
        Path results = Path.of(System.getProperty("benchmarks.results", "../results"));
        run(Options.of(arguments), results.resolve(stamp()));
        System.exit(0);
    }

    private static String stamp() {
        return LocalDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss"));
    }

    /** Answers the figures of all runs; they are in the folder as well. */
    static List<Figure> run(Options options, Path folder) throws Exception {
        Files.createDirectories(folder);
        Path work = Files.createTempDirectory("tidemark-benchmark");
        List<Figure> figures = new ArrayList<>();
        Report report = new Report(options, folder);
        report.settings();
        try (Broker broker = new Broker(work.resolve("broker"));
                Topics topics = new Topics(broker.servers())) {
            for (String workload : options.throughputs()) {
                Throughput throughput = new Throughput(options, broker, topics, workload);
                Path warm = Files.createDirectories(work.resolve("warm-" + workload));
                throughput.warmBroker(warm);
                delete(warm);
                for (int round = 1; round <= options.rounds(); round++) {
                    for (Contestant contestant : options.contestants()) {
                        Path home = work.resolve(contestant.title() + "-" + workload + "-" + round);
                        Figure figure = throughput.run(contestant, round, Files.createDirectories(home));
                        figures.add(figure);
                        report.figure(figure);
                        delete(home);
                    }
                }
                throughput.deleteInput();
            }
            if (options.workloads().contains("latency")) {
                latency(options, broker, topics, work, report);
            }
            if (options.workloads().contains("recovery")) {
                recovery(options, broker, topics, work, report);
            }
            if (options.workloads().contains("endurance")) {
                Endurance endurance = new Endurance(options, broker, topics);
                for (Contestant contestant : options.contestants()) {
                    Path home = Files.createDirectories(work.resolve(contestant.title() + "-endurance"));
                    endurance.run(contestant, home, report::endurance);
                    delete(home);
                }
            }
        } finally {
            delete(work);
        }
        report.end(figures);
        return figures;
    }

    private static void latency(Options options, Broker broker, Topics topics, Path work, Report report)
            throws Exception {
        Latency latency = new Latency(options, broker, topics);
        // not counted: the first one would meet a cold broker
        Path warm = Files.createDirectories(work.resolve("warm-latency"));
        latency.run(options.contestants().get(0), options.rates().get(0), 0, warm);
        delete(warm);
        for (int perSecond : options.rates()) {
            for (int round = 1; round <= options.rounds(); round++) {
                for (Contestant contestant : options.contestants()) {
                    Path home =
                            Files.createDirectories(work.resolve(contestant.title() + "-" + perSecond + "-" + round));
                    report.latency(latency.run(contestant, perSecond, round, home));
                    keep(home, report.folder());
                    delete(home);
                }
            }
        }
    }

    private static void recovery(Options options, Broker broker, Topics topics, Path work, Report report)
            throws Exception {
        Recovery recovery = new Recovery(options, broker, topics);
        // not counted either
        Path warm = Files.createDirectories(work.resolve("warm-recovery"));
        recovery.run(Contestant.TIDEMARK, options.sizes().get(0), true, 0, warm);
        delete(warm);
        for (int keys : options.sizes()) {
            for (boolean diskKept : new boolean[] {true, false}) {
                for (int round = 1; round <= options.rounds(); round++) {
                    for (Contestant contestant : options.contestants()) {
                        if (contestant == Contestant.TIDEMARK || contestant == Contestant.STREAMS) {
                            Path home = Files.createDirectories(work.resolve("killed"));
                            report.recovery(recovery.run(contestant, keys, diskKept, round, home));
                            keep(home, report.folder());
                            delete(home);
                        }
                    }
                }
            }
        }
    }

    /** What the processes said, for whoever asks where the time went. */
    private static void keep(Path home, Path folder) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            for (Path log :
                    files.filter(file -> file.toString().endsWith(".log")).toList()) {
                Files.copy(log, folder.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
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
