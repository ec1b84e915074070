package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory with a file system of its own that can be filled; the test is left out where none may be mounted. */
final class SmallDisk implements AutoCloseable {

    private final Path path;

    SmallDisk(String name, int megabytes) throws Exception {
        this.path = Files.createDirectories(Brokers.directory(name).resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path.toString()),
                "no tmpfs may be mounted");
    }

    Path path() {
        return path;
    }

    void fill() {
        byte[] block = new byte[1 << 16];
        try (var out = Files.newOutputStream(path.resolve("filler"))) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            // full
        }
    }

    /** As the kernel makes a disk that has errors; only while nobody has a file of it open for writing. */
    void makeReadOnly() throws InterruptedException {
        assertThat(run("mount", "-o", "remount,ro", path.toString())).isTrue();
    }

    void free() throws IOException {
        Files.delete(path.resolve("filler"));
    }

    @Override
    public void close() throws InterruptedException {
        run("umount", "-l", path.toString());
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
