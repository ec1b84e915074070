package io.tidemark.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every contestant still starts, works through a few records and is right about them. Its figures mean nothing. */
class BenchmarkSmokeIT {

    @TempDir
    Path folder;

    @Test
    void shouldRunEveryContestantAndFindItRight() throws Exception {
        Options options = Options.of(new String[] {
            "--workloads",
            "skewed",
            "--rounds",
            "1",
            "--records",
            "60000",
            // the window begins with the process: one commit of a contestant may be all there is
            "--warm",
            "0",
            "--warm-seconds",
            "0",
            "--native",
            "128"
        });
        Report report = BenchmarkMain.run(options, folder);
        assertThat(report.failures()).isEmpty();
        List<Figure> figures = report.figures();
        assertThat(figures).extracting(Figure::contestant).containsExactly(Contestant.values());
        assertThat(figures).allSatisfy(figure -> {
            assertThat(figure.records()).isPositive();
            assertThat(figure.clientCpu()).isPositive();
        });
        assertThat(figures)
                .filteredOn(figure ->
                        figure.contestant() == Contestant.TIDEMARK || figure.contestant() == Contestant.STREAMS)
                .allSatisfy(figure -> assertThat(figure.changelogBytes()).isPositive());
        assertThat(Files.readString(folder.resolve("runs.csv")).lines()).hasSize(1 + Contestant.values().length);
        assertThat(Files.readString(folder.resolve("result.md"))).contains("| tidemark |");
        assertThat(Files.readString(folder.resolve("chart.svg")))
                .startsWith("<svg")
                .contains("tidemark");
    }

    @Test
    void shouldMeasureLatencies() throws Exception {
        Options options = Options.of(new String[] {
            "--workloads",
            "latency",
            "--contestants",
            "tidemark",
            "--rounds",
            "1",
            "--rates",
            "200",
            "--pace-warm",
            "0",
            "--pace",
            "2",
            "--native",
            "128"
        });
        Report report = BenchmarkMain.run(options, folder);
        assertThat(report.failures()).isEmpty();
        assertThat(Files.readString(folder.resolve("latency.csv")).lines())
                .hasSize(2)
                .last(STRING)
                .startsWith("tidemark,200,1,");
    }

    /** As services, with class paths of their own: ours in the run that does not count. */
    @Test
    void shouldMeasureRecoveries() throws Exception {
        Options options = Options.of(new String[] {
            "--workloads",
            "recovery",
            "--contestants",
            "streams",
            "--rounds",
            "1",
            "--sizes",
            "2000",
            "--settle",
            "2",
            "--native",
            "128"
        });
        Report report = BenchmarkMain.run(options, folder);
        assertThat(report.failures()).isEmpty();
        assertThat(Files.readString(folder.resolve("recovery.csv")).lines()).hasSize(1 + 2);
    }
}
