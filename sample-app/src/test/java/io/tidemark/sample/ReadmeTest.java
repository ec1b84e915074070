package io.tidemark.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the README quotes is compiled code, and the commands it names are there. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..");

    @Test
    void shouldQuoteTheProcessorAsItIs() throws IOException {
        String source =
                Files.readString(Path.of("src", "main", "java", "io", "tidemark", "sample", "AirportDelays.java"));
        String quoted = source.substring(
                        source.indexOf("// tag::processor[]") + "// tag::processor[]".length(),
                        source.indexOf("// end::processor[]"))
                .strip();

        assertThat(Files.readString(ROOT.resolve("README.md"))).contains("```java\n" + quoted + "\n```");
    }

    @Test
    void shouldRunTheReadmesTestCommandInContinuousIntegration() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        List<String> run = Files.readAllLines(ROOT.resolve(".ci").resolve("run"));

        assertThat(readme).contains("```sh\nmvn -Pbenchmarks verify\n```");
        assertThat(run).contains("mvn -B -Pbenchmarks verify");
    }

    @Test
    void shouldLinkToPagesThatExist() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        java.util.regex.Matcher links =
                java.util.regex.Pattern.compile("\\]\\((?!http)([^)#]+)").matcher(readme);
        int count = 0;
        while (links.find()) {
            count++;
            assertThat(ROOT.resolve(links.group(1))).exists();
        }
        assertThat(count).isGreaterThan(5);
    }
}
