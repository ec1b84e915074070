package io.tidemark.runtime.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The crash test: many seeds of anything happening between any two actions. {@code -Dsimulation.seed=N} replays one seed with its
 * story, {@code -Dsimulation.seeds=N} runs that many.
 */
class CrashSimulationTest {

    private static final long SEEDS = Long.getLong("simulation.seeds", 5_000);

    @Test
    void shouldNeverLoseOrRepeatAnything() {
        Simulations simulations = new Simulations(Set.of(), false);
        Long seed = Long.getLong("simulation.seed");
        if (seed != null) {
            String story = simulations.replay(seed);
            assertThat(story).endsWith("passed");
            return;
        }

        Optional<Simulations.Failure> failure = simulations.firstFailure(1, SEEDS);

        assertThat(failure)
                .as(() -> "replay with -Dsimulation.seed=" + failure.map(Simulations.Failure::seed))
                .isEmpty();
        System.out.println("simulation: " + SEEDS + " seeds; " + new java.util.TreeMap<>(simulations.counts()));
        if (SEEDS >= 1_000) {
            assertThat(simulations.counts())
                    .as("what must have happened for the run to mean anything")
                    .containsKeys(
                            "crash, disk kept",
                            "crash, disk lost",
                            "crash, tail of the disk lost",
                            "attempt void",
                            "doubt",
                            "lost",
                            "revoked",
                            "handler failed",
                            "unstable offsets",
                            "fenced an owner",
                            "commit refused by the group",
                            "store several checkpoints behind",
                            "worker restarted",
                            "stopped in order",
                            "aborted over pending cells",
                            "first transaction of a task aborted",
                            "one of two topics moved",
                            "moved over markers only",
                            "changelog trimmed",
                            "ended with a trimmed changelog",
                            "rows of an unfinished base",
                            "discarded an unfinished base",
                            "damage found by a slice",
                            "output refused",
                            "slow handler",
                            "record with a refused output left out",
                            "restored NEW",
                            "restored LOCAL",
                            "restored ROLL_FORWARD",
                            "restored CHANGELOG");
        }
    }

    @Test
    void shouldRefuseRatherThanBeWrongWhenSomebodyMeddles() {
        Simulations simulations = new Simulations(Set.of(), true);
        Long seed = Long.getLong("simulation.meddled.seed");
        if (seed != null) {
            assertThat(simulations.replay(seed)).endsWith("passed");
            return;
        }

        Optional<Simulations.Failure> failure = simulations.firstFailure(1, SEEDS / 5);

        assertThat(failure)
                .as(() -> "replay with -Dsimulation.meddled.seed=" + failure.map(Simulations.Failure::seed))
                .isEmpty();
        System.out.println("meddled: " + SEEDS / 5 + " seeds; " + new java.util.TreeMap<>(simulations.counts()));
        if (SEEDS >= 1_000) {
            assertThat(simulations.counts())
                    .containsKeys(
                            "offsets put back",
                            "offset moved",
                            "moved offset put back",
                            "disk copied from another instance",
                            "refused",
                            "quarantined");
        }
    }

    /** The test of the test: a world that breaks a rule must be caught. */
    @ParameterizedTest
    @EnumSource(Rule.class)
    void shouldFailWhenTheWorldBreaksTheRule(Rule rule) {
        boolean needsMeddling = rule == Rule.R1 || rule == Rule.R3 || rule == Rule.R5;

        Optional<Simulations.Failure> failure =
                new Simulations(Set.of(rule), needsMeddling).firstFailure(1, Math.max(SEEDS, 2_000));

        assertThat(failure).as("a broken %s goes unnoticed", rule).isPresent();
        assertThat(failure.get().cause()).isInstanceOf(Violation.class);
        System.out.println(rule + " caught at seed " + failure.get().seed() + ": "
                + String.valueOf(failure.get().cause().getMessage())
                        .lines()
                        .findFirst()
                        .orElse(""));
    }
}
