package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Spring Boot's DevTools restart the application in its JVM, with a new class loader, whenever a class changes. */
class DevToolsIT {

    private static final Path DEVTOOLS = Path.of("target", "devtools", "spring-boot-devtools.jar");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void shouldGoOnAfterEachRestart() throws Exception {
        assertThat(DEVTOOLS).exists();
        Path watched = Brokers.directory("watched");
        try (Field field = new Field(Brokers.shared(), "devtools")) {
            field.withMain(DevToolsApplication.class)
                    .withClasses(DEVTOOLS.toAbsolutePath())
                    .with("spring.devtools.restart.additional-paths", watched.toString());
            AppProcess app = field.start("one");
            field.awaitProgress();
            for (int restart = 1; restart <= 3; restart++) {
                int mark = app.jvm().mark();
                Files.writeString(watched.resolve("changed"), Integer.toString(restart));
                assertThat(app.jvm().awaitLine(mark, "Started DevToolsApplication", PATIENCE))
                        .contains("restartedMain");
                field.awaitProgress();
            }
            assertThat(app.jvm().output()).doesNotContain(" ERROR ");
            field.finish();
        }
    }
}
