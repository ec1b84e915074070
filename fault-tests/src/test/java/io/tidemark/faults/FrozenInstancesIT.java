package io.tidemark.faults;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two instances; one is frozen at a step of the protocol for longer than its session, the other takes over, and when the first comes
 * back to life it finishes the step it was in: nothing of that may count (C6). And groups that change while a step is taken (D1).
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FrozenInstancesIT {

    private static final boolean FULL =
            System.getProperty("chaos.matrix", "half").equals("full");

    private static Field field;
    private static String victim = "one";
    private static String other = "two";

    @BeforeAll
    static void start() {
        field = new Field(Brokers.shared(), "frozen", 6);
        field.start("one");
        field.start("two");
        // a third one only joins and leaves; it gives its place up at once
        field.with("tidemark.shutdown.leave-group", "true");
        field.start("guest").order("close");
        field.awaitProgress();
    }

    @AfterAll
    static void stop() {
        field.close();
    }

    static Stream<Failpoint> steps() {
        List<Failpoint> steps = List.of(
                Failpoint.BEFORE_PREPARE,
                Failpoint.HALF_DELTA,
                Failpoint.DELTAS_DURABLE,
                Failpoint.OFFSETS_SENT,
                Failpoint.DECIDED,
                Failpoint.BEFORE_STORE,
                Failpoint.AFTER_STORE);
        return FULL ? steps.stream() : Stream.of(Failpoint.OFFSETS_SENT, Failpoint.DECIDED);
    }

    /** C6. */
    @Order(1)
    @ParameterizedTest
    @MethodSource("steps")
    void shouldIgnoreWhatAZombieDoes(Failpoint step) {
        AppProcess zombie = field.instance(victim);
        zombie.stopAt(step);
        zombie.jvm().freeze();
        try {
            // the other one has all partitions, past whatever the zombie had under way
            field.awaitProgress();
        } finally {
            zombie.jvm().thaw();
        }
        int mark = zombie.jvm().mark();
        zombie.resume();
        zombie.jvm().awaitLine(mark, "Ready after", Duration.ofSeconds(40));
        field.awaitProgress();
        swap();
    }

    static Stream<Failpoint> stepsOfARebalance() {
        List<Failpoint> all = new ArrayList<>(List.of(
                Failpoint.BEFORE_PREPARE,
                Failpoint.HALF_DELTA,
                Failpoint.DELTAS_DURABLE,
                Failpoint.OFFSETS_SENT,
                Failpoint.DECIDED,
                Failpoint.BEFORE_STORE,
                Failpoint.AFTER_STORE));
        return FULL ? all.stream() : Stream.of(Failpoint.DELTAS_DURABLE);
    }

    /** D1: somebody joins while one is in the middle of a step, and leaves while the other is. */
    @Order(2)
    @ParameterizedTest
    @MethodSource("stepsOfARebalance")
    void shouldRebalanceInTheMiddleOfAStep(Failpoint step) {
        AppProcess guest = field.instance("guest");
        field.instance(victim).stopAt(step);
        int mark = guest.jvm().mark();
        guest.order("run");
        field.instance(victim).resume();
        guest.jvm().awaitLine(mark, "Ready after", Duration.ofSeconds(40));
        field.awaitProgress();

        field.instance(other).stopAt(step);
        guest.order("close");
        field.instance(other).resume();
        field.awaitProgress();
        swap();
    }

    /** D1: a restore is interrupted by the next rebalance. */
    @Order(3)
    @Test
    void shouldRebalanceInTheMiddleOfARestore() {
        AppProcess guest = field.instance("guest");
        guest.order("arm " + Failpoint.LOCATING + " 1");
        int mark = guest.jvm().mark();
        guest.jvm().tell("run");
        guest.jvm().awaitLine(mark, Failpoints.reached(Failpoint.LOCATING), Duration.ofSeconds(40));
        field.instance(other).kill();
        guest.resume();
        field.awaitProgress();
        field.start(other);
        field.awaitProgress();
        guest.order("close");
        field.awaitProgress();
    }

    /** C6: it is frozen while it restores, and others have long gone on when it writes what it was about to. */
    @Order(4)
    @Test
    void shouldIgnoreAZombieThatRestores() {
        AppProcess guest = field.instance("guest");
        guest.order("arm " + Failpoint.LOCATING + " 1");
        int mark = guest.jvm().mark();
        guest.jvm().tell("run");
        guest.jvm().awaitLine(mark, Failpoints.reached(Failpoint.LOCATING), Duration.ofSeconds(40));
        guest.jvm().freeze();
        try {
            field.awaitProgress();
        } finally {
            guest.jvm().thaw();
        }
        mark = guest.jvm().mark();
        guest.resume();
        guest.jvm().awaitLine(mark, "Ready after", Duration.ofSeconds(40));
        field.awaitProgress();
        guest.order("close");
        field.awaitProgress();
    }

    @Order(5)
    @Test
    void shouldBeRightInTheEnd() {
        field.finish();
    }

    private static void swap() {
        String before = victim;
        victim = other;
        other = before;
    }
}
