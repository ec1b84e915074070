package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** E7: a process has no more file handles just when it gets the tasks of another one. */
class FileHandlesIT {

    private static final Path TOOL = Path.of("/usr/bin/prlimit");

    @Test
    void shouldWaitForFileHandlesAndSaySo() throws Exception {
        assumeTrue(System.getProperty("chaos.matrix", "half").equals("full"), "with -Pchaos");
        assumeTrue(Files.isExecutable(TOOL), "nothing here can take file handles from a process");
        try (Field field = new Field(Brokers.shared(), "handles").withFoldInterval(Duration.ofSeconds(1))) {
            AppProcess one = field.start("one");
            field.start("two");
            field.awaitProgress();
            int mark = one.jvm().mark();
            limit(one, openFiles(one) + 2);
            field.instance("two").kill();

            one.jvm().awaitLine(mark, "Raise the limit of open files", Duration.ofSeconds(60));
            TimeUnit.SECONDS.sleep(2);
            assertThat(one.jvm().isAlive()).isTrue();

            limit(one, 4_096);
            field.awaitProgress();
            field.finish();
        }
    }

    private static long openFiles(AppProcess app) throws IOException {
        try (Stream<Path> open =
                Files.list(Path.of("/proc", Long.toString(app.jvm().pid()), "fd"))) {
            return open.count();
        }
    }

    private static void limit(AppProcess app, long files) throws IOException, InterruptedException {
        Process tool = new ProcessBuilder(
                        TOOL.toString(), "--pid", Long.toString(app.jvm().pid()), "--nofile=" + files + ":")
                .inheritIO()
                .start();
        assertThat(tool.waitFor()).isZero();
    }
}
