package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Instances that stop, share what must not be shared, come and go in a storm, or have no room left. */
class InstancesIT {

    private static final boolean FULL =
            System.getProperty("chaos.matrix", "half").equals("full");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ASIDE = ".quarantine-";

    /** A11: told to stop in the middle of a checkpoint, told twice, and unable to stop in time. */
    @Test
    void shouldStopInTheMiddleOfACheckpoint() throws Exception {
        try (Field field = new Field(Brokers.shared(), "stops")) {
            field.with("tidemark.shutdown.timeout", "3s");
            AppProcess app = field.start("one");
            field.awaitProgress();
            for (Failpoint step : FULL ? List.of(Failpoint.values()).subList(0, 5) : List.of(Failpoint.OFFSETS_SENT)) {
                app.stopAt(step);
                app.jvm().terminate();
                TimeUnit.MILLISECONDS.sleep(300);
                app.jvm().terminate();
                app.resume();
                assertThat(app.jvm().awaitEnd(Duration.ofSeconds(10))).isEqualTo(128 + 15);
                app = field.start("one");
                field.awaitProgress();
            }

            // killed hard while it is stopping
            app.stopAt(Failpoint.OFFSETS_SENT);
            app.jvm().terminate();
            TimeUnit.MILLISECONDS.sleep(300);
            app.kill();
            app = field.start("one");
            field.awaitProgress();

            app.stopAt(Failpoint.OFFSETS_SENT);
            long start = System.nanoTime();
            app.jvm().terminate();
            app.jvm().awaitEnd(PATIENCE);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("a stop is bounded, whatever hangs")
                    .isLessThan(Duration.ofSeconds(10));
            field.start("one");
            field.awaitProgress();
            field.finish();
        }
    }

    /** E3. */
    @Test
    void shouldRefuseADirectoryThatAnotherProcessHolds() {
        try (Field field = new Field(Brokers.shared(), "shared")) {
            field.start("one");
            field.awaitProgress();
            AppProcess second = field.start("second", field.disk("one"), List.of());
            assertThat(second.jvm().awaitEnd(PATIENCE)).isEqualTo(1);
            assertThat(second.jvm().output())
                    .contains("is held by another process")
                    .contains("Give each instance a tidemark.state.dir of its own");
            field.awaitProgress();

            // the way back: a directory of its own
            field.start("second");
            field.awaitProgress();
            field.finish();
        }
    }

    /** R14: what is started again after a kill frees the place of its former self, instead of waiting for the session to end (45 s here). */
    @Test
    void shouldNotWaitForItsFormerSelf() {
        try (Field field = new Field(Brokers.shared(), "former")) {
            field.with("tidemark.group.protocol", "consumer");
            field.start("one");
            field.awaitProgress();
            field.instance("one").kill();
            field.start("one");
            field.verifier().awaitProgress(Duration.ofSeconds(30));
            field.finish();
        }
    }

    /** C17: a copied directory makes two processes of one identity, which would fence each other for ever. */
    @Test
    void shouldStopOneOfTwoWithTheSameIdentity() throws Exception {
        try (Field field = new Field(Brokers.shared(), "twins")) {
            AppProcess one = field.start("one");
            field.awaitProgress();
            copy(field.disk("one"), field.disk("copy"));
            AppProcess copy = field.start("copy");
            String said = "its state directory is a copy of";
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> copy.jvm().output().contains(said));
            assertThat(copy.jvm().output()).contains(field.disk("copy").toString());
            field.awaitProgress();
            assertThat(one.jvm().output()).as("the original goes on").doesNotContain(said);

            // the way back: the copy is deleted
            copy.kill();
            field.loseDisk("copy");
            field.start("copy");
            field.awaitProgress();
            field.finish();
        }
    }

    /** D6: instances come and go far quicker than they can settle. */
    @Test
    void shouldGoOnAfterAStorm() throws Exception {
        assumeTrue(FULL, "four instances are too much for the short form");
        int restarts = 30;
        Random random = new Random(Long.getLong("chaos.seed", 1));
        try (Field field = new Field(Brokers.shared(), "storm", 8)) {
            List<String> names = List.of("one", "two", "three", "four");
            names.forEach(field::start);
            field.awaitProgress();
            long start = System.nanoTime();
            for (int i = 0; i < restarts; i++) {
                String name = names.get(random.nextInt(names.size()));
                if (random.nextInt(4) == 0) {
                    field.instance(name).kill();
                    field.start(name);
                } else {
                    // in the same JVM, which is quicker: the group sees the same
                    field.instance(name).jvm().tell("close");
                    field.instance(name).jvm().tell("run");
                }
                TimeUnit.MILLISECONDS.sleep(Math.max(0, (i + 1) * 2_000L - (System.nanoTime() - start) / 1_000_000));
            }
            field.awaitProgress();
            settles(field, names);
            field.finish();
        }
    }

    /** Once nobody comes or goes any more, tasks stay where they are and are not restored again. */
    private static void settles(Field field, List<String> names) {
        AtomicLong restores = new AtomicLong(-1);
        await().atMost(PATIENCE).during(Duration.ofSeconds(5)).until(() -> {
            long now = names.stream()
                    .flatMap(name -> field.instance(name).jvm().output().lines())
                    .filter(line -> line.contains("Ready after"))
                    .count();
            return restores.getAndSet(now) == now;
        });
    }

    /** E1: all of it, with the lock and the identity of the process, under a running application. */
    @Test
    void shouldGoOnWithoutItsDirectory() {
        try (Field field = new Field(Brokers.shared(), "deleted").withFoldInterval(Duration.ofSeconds(2))) {
            AppProcess app = field.start("one");
            field.awaitProgress();
            int mark = app.jvm().mark();
            field.loseDisk("one");
            app.jvm().awaitLine(mark, "Ready after", PATIENCE);
            field.awaitProgress();

            app.kill();
            field.start("one");
            field.awaitProgress();
            field.finish();
        }
    }

    /** E7: what the start of an instance needs and has not. */
    @Test
    void shouldSayWhatItCannotStartWithout() throws Exception {
        try (Field field = new Field(Brokers.shared(), "lacking")) {
            AppProcess app = field.start("one", List.of("-Djava.io.tmpdir=/proc"));
            assertThat(app.jvm().awaitEnd(PATIENCE)).isEqualTo(1);
            assertThat(app.jvm().output())
                    .contains("The native library of RocksDB cannot be loaded")
                    .contains("ROCKSDB_SHAREDLIB_DIR");
        }
    }

    /** E4. */
    @Test
    void shouldNotStartOnAReadOnlyDisk() throws Exception {
        assumeTrue(FULL, "a directory that cannot be used is tested without processes");
        try (SmallDisk disk = new SmallDisk("read-only", 8);
                Field field = new Field(Brokers.shared(), "read-only")) {
            disk.makeReadOnly();
            AppProcess app = field.start("one", disk.path(), List.of());
            assertThat(app.jvm().awaitEnd(PATIENCE)).isEqualTo(1);
            assertThat(app.jvm().output())
                    .contains("cannot be used")
                    .contains(disk.path().toString());
        }
    }

    /** E8: a process that dies again and again, each time leaving a damaged store behind. */
    @Test
    void shouldNotFillTheDiskWithWhatItSetsAside() throws Exception {
        assumeTrue(FULL, "many starts are too much for the short form");
        try (Field field = new Field(Brokers.shared(), "crashes").withFoldInterval(Duration.ofSeconds(1))) {
            for (int crash = 0; crash < 6; crash++) {
                AppProcess app = field.start("one");
                field.awaitProgress();
                app.kill();
                assertThat(damage(field.disk("one"))).isPositive();
            }
            AppProcess app = field.start("one");
            field.awaitProgress();
            assertThat(app.jvm().output()).contains("The local store is set aside");
            assertThat(setAside(field.disk("one")))
                    .isNotEmpty()
                    .allSatisfy((task, stores) -> assertThat(stores)
                            .as("stores of %s that were set aside", task)
                            .isBetween(1L, 3L));
            field.finish();
        }
    }

    /** Makes the manifest of every store unreadable; how many there were. */
    private static long damage(Path disk) throws IOException {
        try (Stream<Path> all = Files.walk(disk)) {
            List<Path> manifests = all.filter(
                            file -> file.getFileName().toString().startsWith("MANIFEST-") && !isSetAside(file))
                    .toList();
            for (Path manifest : manifests) {
                Files.write(manifest, new byte[] {1, 2, 3});
            }
            return manifests.size();
        }
    }

    private static boolean isSetAside(Path file) {
        return file.toString().contains(ASIDE);
    }

    private static Map<String, Long> setAside(Path disk) throws IOException {
        try (Stream<Path> all = Files.walk(disk)) {
            return all.filter(path -> Files.isDirectory(path)
                            && path.getFileName().toString().contains(ASIDE))
                    .collect(Collectors.groupingBy(
                            path -> path.getFileName().toString().split(ASIDE, 2)[0], Collectors.counting()));
        }
    }

    /** E5: the disk is full when committed changes are to be written; they are kept, and written once there is room. */
    @Test
    void shouldGoOnWithAFullDisk() throws Exception {
        // small batches of a restore collapse nothing, and need more room than a store that was closed leaves
        try (SmallDisk disk = new SmallDisk("full", 24);
                Field field = new Field(Brokers.shared(), "full").withBaseOfTheProduct()) {
            AppProcess app = field.start("one", disk.path(), List.of());
            field.awaitProgress();
            int mark = app.jvm().mark();
            disk.fill();
            app.jvm().awaitLine(mark, "written from there once the store can be used. Free the disk.", PATIENCE);
            field.awaitProgress();
            disk.free();
            field.awaitProgress();

            disk.fill();
            app.kill();
            app = field.start("one", disk.path(), List.of());
            TimeUnit.SECONDS.sleep(5);
            disk.free();
            field.awaitProgress();
            field.finish();
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                try {
                    Files.copy(path, to.resolve(from.relativize(path)));
                } catch (java.nio.file.NoSuchFileException e) {
                    // RocksDB deletes files while we copy; the copy is as good as any that is made under a running
                    // process
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
