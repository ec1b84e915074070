package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.RestoreSource;
import io.tidemark.runtime.RuntimeEvent.StoreQuarantined;
import io.tidemark.runtime.RuntimeEvent.TaskRestored;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** E1, E2, E4 and E6: what happens to the files of a state directory. Whatever it is, the counts are right in the end. */
class StateFilesIT extends RuntimeFixture {

    private final String in = TestCluster.createTopic("in", 1);
    private final String out = TestCluster.createTopic("out", 1);
    private final ProcessorDefinition counts = counting("files", in, out, record -> false);
    private int sent;

    /** E6: damage to each kind of file. */
    private enum Damage {
        TABLE_BIT(".sst") {
            @Override
            void doTo(Path file) throws IOException {
                flip(file, 0.3);
            }
        },
        TABLE_CUT(".sst") {
            @Override
            void doTo(Path file) throws IOException {
                Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), (int) (Files.size(file) / 2)));
            }
        },
        TABLE_GONE(".sst") {
            @Override
            void doTo(Path file) throws IOException {
                Files.delete(file);
            }
        },
        LOG_BIT(".log", false) {
            @Override
            void doTo(Path file) throws IOException {
                flip(file, 0.5);
            }
        },
        LOG_CUT(".log", false) {
            @Override
            void doTo(Path file) throws IOException {
                Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), (int) (Files.size(file) / 2)));
            }
        },
        MANIFEST_BIT("MANIFEST") {
            @Override
            void doTo(Path file) throws IOException {
                flip(file, 0.5);
            }
        },
        CURRENT_BIT("CURRENT") {
            @Override
            void doTo(Path file) throws IOException {
                flip(file, 0.2);
            }
        },
        CURRENT_GONE("CURRENT") {
            @Override
            void doTo(Path file) throws IOException {
                Files.delete(file);
            }
        },
        MANIFEST_GONE("MANIFEST") {
            @Override
            void doTo(Path file) throws IOException {
                Files.delete(file);
            }
        },
        /** What it held is in the changelog: the store is only older than it was. */
        LOG_GONE(".log", false) {
            @Override
            void doTo(Path file) throws IOException {
                Files.delete(file);
            }
        };

        private final String name;
        private final boolean fatal;

        Damage(String name) {
            this(name, true);
        }

        Damage(String name, boolean fatal) {
            this.name = name;
            this.fatal = fatal;
        }

        abstract void doTo(Path file) throws IOException;

        boolean concerns(Path file) {
            String fileName = file.getFileName().toString();
            return fileName.endsWith(name) || fileName.startsWith(name);
        }

        private static void flip(Path file, double where) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            bytes[(int) (bytes.length * where)] ^= 0x08;
            Files.write(file, bytes);
        }
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void shouldBeRightAfterDamageToAnyFile(Damage damage) throws IOException {
        // given a store with tables and a log: what a start finds in the log goes into tables
        for (int run = 0; run < 3; run++) {
            count(60);
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(store())) {
            files = all.filter(damage::concerns).toList();
        }
        assertThat(files).as("files to damage").isNotEmpty();
        // when
        for (Path file : files) {
            damage.doTo(file);
        }
        events.clear();
        count(60);
        if (damage.fatal) {
            assertThat(sources()).as("it was set aside and restored").contains(RestoreSource.CHANGELOG);
        }
        count(60);
        // then
        assertCountedOnce(out);
    }

    @Test
    void shouldRestoreWhenTheDirectoryWasDeletedWhileStopped() throws IOException {
        count(100);
        delete(directory);
        events.clear();
        count(50);
        assertThat(sources()).containsExactly(RestoreSource.CHANGELOG);
        assertCountedOnce(out);
    }

    @Test
    void shouldRestoreWhenTheDirectoryIsDeletedWhileRunning() throws IOException {
        ProcessingRuntime runtime = start(directory, counts);
        send(100);
        awaitOutputs(out, sent);
        events.clear();
        // when
        delete(store());
        // then sooner or later a write fails, the store is set aside, and nobody counts wrongly
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> {
                    send(20);
                    return events.stream().anyMatch(TaskRestored.class::isInstance);
                });
        awaitOutputs(out, sent);
        assertCountedOnce(out);
        assertThat(runtime.status("files").orElseThrow().state()).isEqualTo(ProcessorStatus.State.RUNNING);
    }

    @Test
    void shouldRollForwardAnOldBackup() throws IOException {
        count(60);
        Path backup = directory.resolve("backup");
        copy(store(), backup);
        count(60);
        delete(store());
        copy(backup, store());
        events.clear();
        count(60);
        assertThat(sources()).containsExactly(RestoreSource.ROLL_FORWARD);
        assertCountedOnce(out);
    }

    @Test
    void shouldSetAsideAStoreOfAnotherProcessorsTask() throws IOException {
        count(60);
        // a store with checkpoints of its own, from a processor over the same input
        String other = TestCluster.createTopic("other", 1);
        ProcessingRuntime foreign = start(directory.resolve("foreign"), counting("foreign", in, other, r -> false));
        awaitOutputs(other, sent);
        foreign.stop();
        delete(store());
        copy(
                directory
                        .resolve("foreign")
                        .resolve(application)
                        .resolve("foreign")
                        .resolve("0"),
                store());
        events.clear();
        count(60);
        assertThat(events).hasAtLeastOneElementOfType(StoreQuarantined.class);
        assertCountedOnce(out);
    }

    @Test
    void shouldNotStartOnWhatIsNoDirectoryOfItsOwn() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> start(file, counts))
                .isInstanceOf(EnvironmentRefused.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("is not a directory");
        Path real = Files.createDirectory(directory.resolve("real"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        assertThatThrownBy(() -> start(link, counts))
                .isInstanceOf(EnvironmentRefused.class)
                .hasMessageContaining(link.toString())
                .hasMessageContaining("is a symbolic link");
        Files.createSymbolicLink(real.resolve(application), directory.resolve("elsewhere"));
        assertThatThrownBy(() -> start(real, counts)).hasMessageContaining("is a symbolic link");
        // what may not be written; whoever may everything (root) is stopped by the kernel's own files only
        assertThatThrownBy(() -> start(Path.of("/proc"), counts))
                .isInstanceOf(EnvironmentRefused.class)
                .hasMessageContaining("/proc")
                .hasMessageContaining("cannot be used");
    }

    /** One life of the processor: it counts so many records and stops. */
    private void count(int records) {
        ProcessingRuntime runtime = start(directory, counts);
        send(records);
        awaitOutputs(out, sent);
        runtime.stop();
    }

    private void send(int records) {
        TestCluster.send(in, records, 5);
        sent += records;
    }

    private Path store() {
        return directory.resolve(application).resolve("files").resolve("0");
    }

    private List<RestoreSource> sources() {
        return events.stream()
                .filter(TaskRestored.class::isInstance)
                .map(event -> ((TaskRestored) event).source())
                .toList();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(visited)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
