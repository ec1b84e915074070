package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Job;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.utils.AppInfoParser;

/** Writes what came of it: every run as a line of CSV as soon as it is over, and at the end medians, ratios and a chart. */
final class Report {

    private static final String HEAD =
            "workload,contestant,round,records,seconds,records_per_s,client_cpu_s,broker_cpu_s,cpu_s_per_million,"
                    + "foreign_cpu,changelog_bytes_per_record,peak_memory_mb\n";

    private final Options options;
    private final Path folder;
    private final Path csv;
    private final List<Figure> figures = new ArrayList<>();
    private final List<Latency.Result> latencies = new ArrayList<>();
    private final List<Recovery.Result> recoveries = new ArrayList<>();
    private final List<Endurance.Minute> endurances = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    Report(Options options, Path folder) throws IOException {
        this.options = options;
        this.folder = folder;
        this.csv = folder.resolve("runs.csv");
        Files.writeString(csv, HEAD);
    }

    /**
     * What was chosen, so that a figure can be made again. What only one contestant has is the first line of its log, and the broker's
     * settings are in a file of their own.
     */
    void settings(Path brokerSettings) throws IOException {
        String text =
                options + "\nconsumer " + Job.consumerSettings() + "\nproducer " + Job.producerSettings() + "\nredis "
                        + Redis.SETTINGS + "\njava " + Runtime.version() + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors\nkafka "
                        + AppInfoParser.getVersion() + "\n";
        Files.writeString(folder.resolve("settings.txt"), text);
        Files.copy(brokerSettings, folder.resolve(brokerSettings.getFileName()));
        System.out.print(text);
    }

    void figure(Figure figure) throws IOException {
        figures.add(figure);
        String line = String.format(
                Locale.ROOT,
                "%s,%s,%d,%d,%.2f,%.0f,%.2f,%.2f,%.2f,%.3f,%.1f,%d%n",
                figure.workload(),
                figure.contestant().title(),
                figure.round(),
                figure.records(),
                figure.seconds(),
                figure.perSecond(),
                figure.clientCpu(),
                figure.brokerCpu(),
                figure.cpuPerMillion(),
                figure.foreignCpu(),
                figure.changelogBytes(),
                figure.peakMemory() >> 20);
        Files.writeString(csv, line, StandardOpenOption.APPEND);
        System.out.print(line);
    }

    void latency(Latency.Result result) throws IOException {
        latencies.add(result);
        append(
                "latency.csv",
                "contestant,records_per_s,round,start_s,p50_ms,p90_ms,p99_ms,max_ms\n",
                String.format(
                        Locale.ROOT,
                        "%s,%d,%d,%.1f,%.1f,%.1f,%.1f,%.1f%n",
                        result.contestant().title(),
                        result.perSecond(),
                        result.round(),
                        result.startSeconds(),
                        result.millis().p50(),
                        result.millis().p90(),
                        result.millis().p99(),
                        result.millis().max()));
    }

    void recovery(Recovery.Result result) throws IOException {
        recoveries.add(result);
        append(
                "recovery.csv",
                "contestant,keys,disk,round,seconds\n",
                String.format(
                        Locale.ROOT,
                        "%s,%d,%s,%d,%.2f%n",
                        result.contestant().title(),
                        result.keys(),
                        result.diskKept() ? "kept" : "wiped",
                        result.round(),
                        result.seconds()));
    }

    /** Called from another thread, but only one, and before {@link #end}. */
    void endurance(Endurance.Minute minute, ProducerState producer) throws IOException {
        endurances.add(minute);
        append(
                "endurance.csv",
                "contestant,minute,records,commits,p50_ms,p99_ms,max_ms,client_cpu_s,memory_mb,changelog_kb,producer_id,producer_epoch\n",
                String.format(
                        Locale.ROOT,
                        "%s,%d,%d,%d,%.1f,%.1f,%.1f,%.2f,%d,%d,%d,%d%n",
                        minute.contestant().title(),
                        minute.number(),
                        minute.records(),
                        minute.commits(),
                        minute.millis().p50(),
                        minute.millis().p99(),
                        minute.millis().max(),
                        minute.clientCpu(),
                        minute.memory() >> 20,
                        minute.changelog() >> 10,
                        producer.producerId(),
                        producer.producerEpoch()));
    }

    /** A run that was wrong, or came to no end, has no figure. */
    void failed(String run, Throwable reason) throws IOException {
        failures.add(run + ": " + reason);
        StringWriter trace = new StringWriter();
        reason.printStackTrace(new PrintWriter(trace));
        append("failed.txt", "", run + " has no figure: " + trace + "\n");
    }

    /** Of the throughput runs that have one. */
    List<Figure> figures() {
        return figures;
    }

    /** The runs without a figure. */
    List<String> failures() {
        return failures;
    }

    Path folder() {
        return folder;
    }

    private void append(String name, String head, String line) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            Files.writeString(file, head);
        }
        Files.writeString(file, line, StandardOpenOption.APPEND);
        System.out.print(line);
    }

    private String latencyTable() {
        StringBuilder table = new StringBuilder();
        for (int perSecond : options.rates()) {
            List<Latency.Result> all = latencies.stream()
                    .filter(result -> result.perSecond() == perSecond)
                    .toList();
            if (all.isEmpty()) {
                continue;
            }
            table.append(String.format("%n| %d/s, ms | p50 | p90 | p99 | max |%n|---|---|---|---|---|%n", perSecond));
            for (Contestant contestant : options.contestants()) {
                List<Latency.Result> own = all.stream()
                        .filter(result -> result.contestant() == contestant)
                        .toList();
                if (own.isEmpty()) {
                    continue;
                }
                table.append(String.format(
                        Locale.ROOT,
                        "| %s | %.1f | %.1f | %.1f | %.1f |%n",
                        contestant.title(),
                        median(own, result -> result.millis().p50()),
                        median(own, result -> result.millis().p90()),
                        median(own, result -> result.millis().p99()),
                        median(own, result -> result.millis().max())));
            }
        }
        return table.toString();
    }

    private String recoveryTable() {
        if (recoveries.isEmpty()) {
            return "";
        }
        StringBuilder table = new StringBuilder(
                "\n| kill -9 to first output, s | keys | disk kept | disk wiped |\n|---|---|---|---|\n");
        for (int keys : options.sizes()) {
            for (Contestant contestant : List.of(Contestant.TIDEMARK, Contestant.STREAMS)) {
                table.append(String.format(Locale.ROOT, "| %s | %d |", contestant.title(), keys));
                for (boolean kept : new boolean[] {true, false}) {
                    List<Recovery.Result> own = recoveries(contestant, keys, kept);
                    table.append(
                            own.isEmpty()
                                    ? " |"
                                    : String.format(Locale.ROOT, " %.2f |", median(own, Recovery.Result::seconds)));
                }
                table.append('\n');
            }
        }
        return table.toString();
    }

    private List<Recovery.Result> recoveries(Contestant contestant, int keys, boolean kept) {
        return recoveries.stream()
                .filter(result ->
                        result.contestant() == contestant && result.keys() == keys && result.diskKept() == kept)
                .toList();
    }

    private String charts() {
        Chart chart = new Chart();
        for (String name : options.throughputs()) {
            chart.title(name + ", records per second");
            String workload = Options.title(name);
            for (Contestant contestant : options.contestants()) {
                List<Figure> own = figures.stream()
                        .filter(figure -> figure.contestant() == contestant
                                && figure.workload().equals(workload))
                        .toList();
                if (own.isEmpty()) {
                    continue;
                }
                double speed = median(own, Figure::perSecond);
                chart.bar(contestant, contestant.title(), speed, String.format(Locale.ROOT, "%.0f k", speed / 1e3));
            }
        }
        return chart.toString();
    }

    private String recoveryChart() {
        Chart chart = new Chart();
        for (boolean kept : new boolean[] {true, false}) {
            chart.title("kill -9 to first output, disk " + (kept ? "kept" : "wiped") + ", seconds");
            for (int keys : options.sizes()) {
                for (Contestant contestant : List.of(Contestant.TIDEMARK, Contestant.STREAMS)) {
                    List<Recovery.Result> own = recoveries(contestant, keys, kept);
                    if (!own.isEmpty()) {
                        double seconds = median(own, Recovery.Result::seconds);
                        String label = String.format(Locale.ROOT, "%,d keys, %s", keys, contestant.title());
                        chart.bar(contestant, label, seconds, String.format(Locale.ROOT, "%.1f", seconds));
                    }
                }
            }
        }
        return chart.toString();
    }

    private String enduranceChart() {
        Chart chart = new Chart();
        chart.title("CPU seconds of each minute");
        for (Endurance.Minute minute : endurances) {
            chart.bar(
                    minute.contestant(),
                    minute.contestant().title() + ", minute " + minute.number(),
                    minute.clientCpu(),
                    String.format(
                            Locale.ROOT,
                            "%.1f, p99 %.0f ms",
                            minute.clientCpu(),
                            minute.millis().p99()));
        }
        return chart.toString();
    }

    void end() throws IOException {
        StringBuilder table = new StringBuilder();
        for (String name : options.throughputs()) {
            String workload = Options.title(name);
            Map<Contestant, List<Figure>> by = figures.stream()
                    .filter(figure -> figure.workload().equals(workload))
                    .collect(Collectors.groupingBy(Figure::contestant));
            table.append(table(workload, by));
        }
        table.append(latencyTable()).append(recoveryTable());
        failures.forEach(run -> table.append("\nNo figure: ").append(run).append('\n'));
        Files.writeString(folder.resolve("result.md"), table);
        Files.writeString(folder.resolve("chart.svg"), charts());
        if (!recoveries.isEmpty()) {
            Files.writeString(folder.resolve("recovery.svg"), recoveryChart());
        }
        if (!endurances.isEmpty()) {
            Files.writeString(folder.resolve("endurance.svg"), enduranceChart());
        }
        System.out.println(table);
    }

    private String table(String workload, Map<Contestant, List<Figure>> by) {
        List<Contestant> present =
                options.contestants().stream().filter(by::containsKey).toList();
        StringBuilder table = new StringBuilder("\n| " + workload + " | records/s | CPU s per M |");
        present.forEach(peer -> table.append(" × ").append(peer.title()).append(" |"));
        table.append(" changelog B/record | peak MB | foreign CPU |\n|---|---|---|")
                .append("---|".repeat(present.size() + 3))
                .append('\n');
        for (Contestant one : present) {
            List<Figure> own = by.getOrDefault(one, List.of());
            double speed = median(own, Figure::perSecond);
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f k | %.2f |",
                    one.title(),
                    speed / 1e3,
                    median(own, Figure::cpuPerMillion)));
            for (Contestant peer : present) {
                table.append(String.format(
                        Locale.ROOT, " %.2f |", speed / median(by.getOrDefault(peer, List.of()), Figure::perSecond)));
            }
            table.append(String.format(
                    Locale.ROOT,
                    " %.1f | %.0f | %.0f %% |%n",
                    median(own, Figure::changelogBytes),
                    median(own, figure -> figure.peakMemory() / 1048576.0),
                    100 * median(own, Figure::foreignCpu)));
        }
        return table.toString();
    }

    static <T> double median(List<T> figures, ToDoubleFunction<T> what) {
        List<Double> sorted = new ArrayList<>(
                figures.stream().map(what::applyAsDouble).sorted().toList());
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
