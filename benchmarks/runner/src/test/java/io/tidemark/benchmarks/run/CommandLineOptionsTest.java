package io.tidemark.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class CommandLineOptionsTest {

    @Test
    void shouldTakeWhatIsAskedForAndDefaultsForTheRest() {
        Options options = Options.of("--workloads", "uniform,latency", "--contestants", "tidemark", "--rounds", "1");

        assertThat(options.workloads()).containsExactly("uniform", "latency");
        assertThat(options.contestants()).containsExactly(Contestant.TIDEMARK);
        assertThat(options.rounds()).isOne();
        assertThat(options.records()).isEqualTo(80_000_000);
        assertThat(options.jvmOptions()).isEmpty();
        assertThat(Options.of("--workloads", "all").throughputs()).contains("growing", "skewed@2x64");
        assertThat(Options.of("--jvm", "-Xmx1g -XX:+UseZGC").jvmOptions()).containsExactly("-Xmx1g", "-XX:+UseZGC");
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        for (String[] wrong : new String[][] {
            {"--round", "1"},
            {"--workloads", "skewd"},
            {"--workloads", "skewed@1"},
            {"--contestants", "spark"},
            {"--seconds", "x"}
        }) {
            assertThatThrownBy(() -> Options.of(wrong))
                    .as(String.join(" ", wrong))
                    .isInstanceOf(ParameterException.class);
        }
    }

    @Test
    void shouldPrintItsHelpAndEndWell() {
        StringWriter said = new StringWriter();

        int code = new CommandLine(new CommandLineOptions())
                .setOut(new PrintWriter(said))
                .execute("--help");

        assertThat(code).isZero();
        assertThat(said.toString()).contains("--workloads").contains("--jvm").contains("Default: 80000000");
    }
}
