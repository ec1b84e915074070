package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.faults.KafkaProxy.Deed;
import io.tidemark.faults.KafkaProxy.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A test of the tests: planted faults are found, by the simulation and by real processes. Each scenario runs without its mutant as well,
 * so that it is the mutant that is found.
 */
@Tag("mutants")
class MutantsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String SIMULATION = "io.tidemark.runtime.simulation.SimulationMain";
    private static final int SEEDS = 5_000;

    @ParameterizedTest
    @EnumSource
    @NullSource
    void shouldBeCaughtByTheSimulation(Mutant mutant) {
        String ordinary = simulate(mutant, false);
        String meddled = simulate(mutant, true);
        System.out.printf("%s: ordinary: %s; meddled: %s%n", mutant, ordinary, meddled);
        if (mutant == null) {
            assertThat(List.of(ordinary, meddled)).allMatch(said -> said.startsWith("nothing"));
        } else {
            assertThat(List.of(ordinary, meddled)).anyMatch(said -> said.contains("Violation"));
        }
    }

    private static String simulate(Mutant mutant, boolean meddled) {
        List<Path> before = mutant == null ? List.of() : List.of(mutant.classes());
        int seeds = mutant == null ? SEEDS / 5 : SEEDS;
        try (ChildJvm simulation = ChildJvm.start(
                "simulation",
                before,
                List.of("-Xmx1g"),
                SIMULATION,
                List.of(Integer.toString(seeds), Boolean.toString(meddled)),
                Brokers.directory("simulation").resolve("log"))) {
            simulation.awaitEnd(Duration.ofMinutes(5));
            String said =
                    simulation.output().lines().reduce((first, last) -> last).orElse("");
            assertThat(said).matches("(caught|nothing).*");
            return said;
        }
    }

    /** It dies between the deltas and the decision, and comes back to its disk. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCatchApplyingBeforeTheDecision(boolean mutated) {
        try (Field field = field("undecided", mutated, Mutant.APPLY_BEFORE_DECISION)) {
            AppProcess app = field.start("one");
            field.awaitProgress();
            app.stopAt(Failpoint.OFFSETS_SENT);
            app.kill();
            field.start("one");
            verdict(field, mutated);
        }
    }

    /** The disk is one of an earlier life of the same application, at a checkpoint of the same number. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCatchComparingNumbers(boolean mutated) throws Exception {
        Field former = field("lives", false, Mutant.POINTER_BY_NUMBER);
        try (former) {
            oneCheckpoint(former);
        }
        try (Field field = former.reborn()) {
            if (mutated) {
                field.withClasses(Mutant.POINTER_BY_NUMBER.classes());
            }
            oneCheckpoint(field);
            field.with("tidemark.checkpoint.interval", "100ms").with("tidemark.checkpoint.min-spacing", "10ms");
            field.start("one", former.disk("one"), List.of());
            field.feed().resume();
            verdict(field, mutated);
        }
    }

    /** The first checkpoint of every partition is its last. */
    private static void oneCheckpoint(Field field) throws InterruptedException {
        field.with("tidemark.checkpoint.interval", "2m")
                .with("tidemark.checkpoint.min-spacing", "2m")
                .with("tidemark.checkpoint.transaction-timeout", "15m");
        AppProcess app = field.start("one");
        app.jvm().awaitLine(0, "Started LedgerApplication", PATIENCE);
        TimeUnit.SECONDS.sleep(5);
        field.feed().pause();
        TimeUnit.SECONDS.sleep(1);
        app.stop();
    }

    /** The broker commits, the answer does not come. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCatchTakingAnErrorForAnAbort(boolean mutated) {
        try (Field field =
                field("unanswered", mutated, Mutant.COMMIT_ERROR_IS_ABORT).behindProxy()) {
            AppProcess app = field.start("one");
            field.awaitProgress();
            int mark = app.jvm().mark();
            try (Rule rule = Brokers.shared().proxy().rule(KafkaProxy.END_TXN, Deed.HOLD_ANSWER, Integer.MAX_VALUE)) {
                rule.awaitStruck();
                app.jvm().awaitLine(mark, "The producer was replaced", PATIENCE);
            }
            verdict(field, mutated);
        }
    }

    /** One is frozen with nothing under way, the other takes over, and leaves when the first has come back. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCatchKeepingATask(boolean mutated) throws Exception {
        try (Field field = field("kept", mutated, Mutant.TASK_KEPT_ACROSS_GENERATIONS)) {
            field.with("tidemark.shutdown.leave-group", "true");
            AppProcess zombie = field.start("one");
            AppProcess other = field.start("two");
            field.awaitProgress();
            field.feed().pause();
            TimeUnit.SECONDS.sleep(2);
            zombie.jvm().freeze();
            field.feed().resume();
            field.awaitProgress();
            zombie.jvm().thaw();
            TimeUnit.SECONDS.sleep(5);
            other.stop();
            verdict(field, mutated);
        }
    }

    private static Field field(String name, boolean mutated, Mutant mutant) {
        Field field = new Field(Brokers.shared(), name);
        return mutated ? field.withClasses(mutant.classes()) : field;
    }

    private static void verdict(Field field, boolean mutated) {
        if (mutated) {
            await().atMost(PATIENCE).until(() -> field.verifier().violation() != null);
            System.out.println(field.application() + ": " + field.verifier().violation());
        } else {
            field.awaitProgress();
            field.finish();
        }
    }
}
