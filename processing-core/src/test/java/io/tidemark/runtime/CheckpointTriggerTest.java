package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckpointTriggerTest {

    private static final long MS = 1_000_000;
    private static final Duration LONG = Duration.ofSeconds(1);

    /** Interval 100 ms, spacing 10 ms, 1000 records, 5000 bytes; the last checkpoint was at 0. */
    private CheckpointTrigger trigger;

    @BeforeEach
    void newTrigger() {
        trigger = new CheckpointTrigger(
                new CheckpointSettings(
                        Duration.ofMillis(100),
                        1_000,
                        5_000,
                        Duration.ofMillis(10),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(5)),
                0);
    }

    @Test
    void shouldBeDueOneIntervalAfterTheFirstWork() {
        trigger.worked(40 * MS);
        trigger.worked(90 * MS);

        assertThat(trigger.due(139 * MS, 1, 1, false)).isFalse();
        assertThat(trigger.due(140 * MS, 1, 1, false)).isTrue();
    }

    @Test
    void shouldBeDueAtOnceWhenCaughtUpButNotSoonerThanTheSpacing() {
        trigger.worked(2 * MS);

        assertThat(trigger.due(9 * MS, 1, 1, true)).isFalse();
        assertThat(trigger.due(10 * MS, 1, 1, true)).isTrue();
        assertThat(trigger.due(10 * MS, 1, 1, false)).isFalse();
    }

    @Test
    void shouldBeDueForSizeWhateverTheTime() {
        trigger.worked(MS);

        assertThat(trigger.due(MS, 999, 4_999, false)).isFalse();
        assertThat(trigger.due(MS, 1_000, 0, false)).isTrue();
        assertThat(trigger.due(MS, 0, 5_000, false)).isTrue();
    }

    @Test
    void shouldNotBeDueWithoutWorkUnlessAskedFor() {
        assertThat(trigger.due(500 * MS, 0, 0, true)).isFalse();

        trigger.request();

        assertThat(trigger.due(500 * MS, 0, 0, false)).isTrue();
    }

    @Test
    void shouldForgetWorkAndRequestsAfterACheckpoint() {
        trigger.worked(MS);
        trigger.request();

        trigger.reset(20 * MS);

        assertThat(trigger.hasWork()).isFalse();
        assertThat(trigger.due(500 * MS, 0, 0, true)).isFalse();
        trigger.worked(25 * MS);
        assertThat(trigger.due(29 * MS, 1, 1, true)).as("spacing counts anew").isFalse();
        assertThat(trigger.due(30 * MS, 1, 1, true)).isTrue();
    }

    @Test
    void shouldLetAPollWaitNoLongerThanTheNextReason() {
        assertThat(trigger.patience(0, LONG, true)).isEqualTo(LONG);

        trigger.worked(2 * MS);

        assertThat(trigger.patience(3 * MS, LONG, false)).isEqualTo(Duration.ofMillis(99));
        assertThat(trigger.patience(3 * MS, LONG, true)).isEqualTo(Duration.ofMillis(7));
        assertThat(trigger.patience(3 * MS, Duration.ofMillis(2), true)).isEqualTo(Duration.ofMillis(2));
        assertThat(trigger.patience(200 * MS, LONG, false)).isEqualTo(Duration.ZERO);
    }
}
