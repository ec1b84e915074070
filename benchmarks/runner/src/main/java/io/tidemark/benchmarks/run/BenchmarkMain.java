package io.tidemark.benchmarks.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            for (var workload : options.workloads()) {
                Throughput throughput = new Throughput(options, broker, topics, workload);
                for (int round = 1; round <= options.rounds(); round++) {
                    for (Contestant contestant : options.contestants()) {
                        Path home = work.resolve(contestant.title() + "-" + workload.name() + "-" + round);
                        Figure figure = throughput.run(contestant, round, Files.createDirectories(home));
                        figures.add(figure);
                        report.figure(figure);
                        delete(home);
                    }
                }
                topics.delete("orders-" + workload.name());
            }
        } finally {
            delete(work);
        }
        report.end(figures);
        return figures;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
