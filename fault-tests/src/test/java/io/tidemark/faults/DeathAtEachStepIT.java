package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process dies at each step of the protocol (A1 to A9 of the catalogue); with its disk or without, it comes back or another instance
 * takes over. One application lives through all of it: each death is followed by progress of every partition, and in the end everything
 * is recomputed.
 */
@ResourceLock("proxy")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeathAtEachStepIT {

    private static final boolean FULL =
            System.getProperty("chaos.matrix", "half").equals("full");

    private static Field field;
    private static String current;

    enum Disk {
        KEPT,
        LOST
    }

    enum Successor {
        SAME,
        OTHER
    }

    record Death(Failpoint at, Disk disk, Successor successor) {
        @Override
        public String toString() {
            return at + ", disk " + disk + ", " + successor + " instance";
        }
    }

    @BeforeAll
    static void start() {
        field = new Field(Brokers.shared(), "deaths")
                .withPoison()
                .behindProxy()
                .withFoldInterval(Duration.ofSeconds(2));
        current = "one";
        field.start(current);
        field.awaitProgress();
    }

    @AfterAll
    static void stop() {
        field.close();
    }

    /** In the short form every step, every kind of disk and every kind of successor is met, but not every combination. */
    private static Stream<Death> deaths(Failpoint... points) {
        List<Death> all = new ArrayList<>();
        for (int i = 0; i < points.length; i++) {
            for (int kind = 0; kind < 4; kind++) {
                if (FULL || kind == i % 4) {
                    all.add(new Death(points[i], Disk.values()[kind % 2], Successor.values()[kind / 2]));
                }
            }
        }
        return all.stream();
    }

    static Stream<Death> stepsOfACheckpoint() {
        return deaths(
                Failpoint.BEFORE_PREPARE,
                Failpoint.HALF_DELTA,
                Failpoint.DELTAS_DURABLE,
                Failpoint.OFFSETS_SENT,
                Failpoint.DECIDED,
                Failpoint.BEFORE_STORE,
                Failpoint.AFTER_STORE);
    }

    /** A1 to A4, A6, A7. */
    @Order(1)
    @ParameterizedTest
    @MethodSource("stepsOfACheckpoint")
    void shouldGoOnAfterDeathInACheckpoint(Death death) {
        field.instance(current).stopAt(death.at());
        die(death.disk());
        goOn(death.successor());
    }

    static Stream<Death> theAnswerThatNeverCame() {
        return deaths(Failpoint.DECIDED);
    }

    /** A5: the broker has the request to commit, the process dies before the answer. */
    @Order(2)
    @ParameterizedTest
    @MethodSource("theAnswerThatNeverCame")
    void shouldGoOnAfterDeathBeforeTheAnswer(Death death) {
        try (KafkaProxy.Rule rule = Brokers.shared().proxy().rule(KafkaProxy.END_TXN, KafkaProxy.Deed.HOLD_ANSWER, 1)) {
            rule.awaitStruck();
            die(death.disk());
        }
        goOn(death.successor());
    }

    static Stream<Death> stepsOfARestore() {
        return FULL
                ? deaths(Failpoint.LOCATING, Failpoint.BEFORE_STORE, Failpoint.AFTER_STORE)
                : deaths(Failpoint.AFTER_STORE);
    }

    /** A8: dies again and again while it restores, each time a step later. */
    @Order(3)
    @ParameterizedTest
    @MethodSource("stepsOfARestore")
    void shouldGoOnAfterDeathsInARestore(Death death) {
        die(death.disk());
        for (int nth = 1; nth <= (FULL ? 4 : 1); nth++) {
            AppProcess restoring = field.start(current, AppProcess.armedWith(death.at(), nth));
            restoring.awaitStopAt(death.at());
            die(Disk.KEPT);
        }
        goOn(death.successor());
    }

    static Stream<Death> stepsOfAQuarantine() {
        return FULL
                ? deaths(Failpoint.BEFORE_QUARANTINE, Failpoint.AFTER_QUARANTINE)
                        .filter(death -> death.disk() == Disk.KEPT)
                : deaths(Failpoint.AFTER_QUARANTINE);
    }

    /** A8: dies while it sets a damaged store aside. */
    @Order(4)
    @ParameterizedTest
    @MethodSource("stepsOfAQuarantine")
    void shouldGoOnAfterDeathInAQuarantine(Death death) throws IOException {
        die(Disk.KEPT);
        damage(field.disk(current));
        AppProcess restoring = field.start(current, AppProcess.armedWith(death.at(), 1));
        restoring.awaitStopAt(death.at());
        die(Disk.KEPT);
        goOn(death.successor());
    }

    static Stream<Death> stepsOfARound() {
        return FULL
                ? deaths(Failpoint.HALF_SLICE, Failpoint.SLICE_APPENDED, Failpoint.BEFORE_TRIM, Failpoint.AFTER_TRIM)
                : deaths(Failpoint.SLICE_APPENDED, Failpoint.BEFORE_TRIM);
    }

    /** A9. A round begins when nothing waits for the store. */
    @Order(5)
    @ParameterizedTest
    @MethodSource("stepsOfARound")
    void shouldGoOnAfterDeathInARound(Death death) {
        die(Disk.KEPT);
        AppProcess writing = field.start(current, AppProcess.armedWith(death.at(), 1));
        writing.awaitStopAt(death.at());
        die(death.disk());
        goOn(death.successor());
    }

    @Order(6)
    @Test
    void shouldBeRightInTheEnd() {
        field.awaitTrimmedChangelogs();
        field.finish();
    }

    private static void die(Disk disk) {
        field.instance(current).kill();
        if (disk == Disk.LOST) {
            field.loseDisk(current);
        }
    }

    private static void goOn(Successor successor) {
        if (successor == Successor.OTHER) {
            current = current.equals("one") ? "two" : "one";
        }
        field.start(current);
        field.awaitProgress();
    }

    private static void damage(Path disk) throws IOException {
        try (Stream<Path> all = Files.walk(disk)) {
            List<Path> files = all.filter(path -> path.getFileName().toString().equals("CURRENT"))
                    .toList();
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                Files.writeString(file, "MANIFEST-999999\n");
            }
        }
    }
}
