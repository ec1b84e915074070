package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RestartStrategyTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void shouldGiveUpAtOnceWithNone() {
        assertThat(pauses(new RestartStrategy.None(), 0)).isEmpty();
    }

    @Test
    void shouldGiveUpAfterSoManyFixedPauses() {
        assertThat(pauses(new RestartStrategy.FixedDelay(3, Duration.ofSeconds(2)), 0))
                .containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2));
    }

    @Test
    void shouldGrowToALimitAndStartOverAfterAStableTime() {
        RestartStrategy strategy =
                new RestartStrategy.Exponential(100, Duration.ofSeconds(1), Duration.ofSeconds(5), 2);
        FailureHistory history = new FailureHistory();
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            history.failed(i * SECOND, SECOND);
            seconds.add(strategy.pauseAfter(history).orElseThrow().toSeconds());
        }
        history.failed(500 * SECOND, 61 * SECOND);
        seconds.add(strategy.pauseAfter(history).orElseThrow().toSeconds());
        assertThat(seconds).containsExactly(1L, 2L, 4L, 5L, 5L, 1L);
    }

    @Test
    void shouldNeverOverflowHoweverLongItFails() {
        FailureHistory history = new FailureHistory();
        for (int i = 0; i < 5_000; i++) {
            history.failed(i, 0);
        }
        assertThat(RestartStrategy.defaults().pauseAfter(history)).contains(Duration.ofSeconds(30));
    }

    @Test
    void shouldGiveUpWhenFailuresComeTooOften() {
        RestartStrategy strategy = new RestartStrategy.FailureRate(2, Duration.ofSeconds(10), Duration.ofSeconds(1));
        assertThat(pauses(strategy, 4)).hasSize(2);
        assertThat(pauses(strategy, 6)).as("seldom enough for ever").hasSize(20);
    }

    private static List<Duration> pauses(RestartStrategy strategy, long secondsApart) {
        FailureHistory history = new FailureHistory();
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            history.failed(i * secondsApart * SECOND, 0);
            Optional<Duration> pause = strategy.pauseAfter(history);
            if (pause.isEmpty()) {
                break;
            }
            pauses.add(pause.get());
        }
        return pauses;
    }
}
