package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryPaceTest {

    private static final long FIVE_SECONDS = TimeUnit.SECONDS.toNanos(5);

    private final RetryPace pace = new RetryPace();

    @Test
    void shouldLeaveThreeQuartersOfTheTimeToOthers() {
        long now = Long.MAX_VALUE - FIVE_SECONDS;
        for (int partition = 0; partition < 17; partition++) {
            pace.failed(partition, FIVE_SECONDS, now);
        }
        long spent = 0;
        long begun = now;
        while (now - begun < 100 * FIVE_SECONDS) {
            if (pace.admits((int) (spent / FIVE_SECONDS) % 17, now)) {
                spent += FIVE_SECONDS;
                now += FIVE_SECONDS;
                pace.failed(0, FIVE_SECONDS, now);
            }
            now += TimeUnit.MILLISECONDS.toNanos(10);
        }
        assertThat((double) spent / (now - begun)).isBetween(0.2, 0.26);
    }

    @Test
    void shouldNotHoldUpWhatCostsNothing() {
        pace.failed(1, FIVE_SECONDS, 0);
        pace.failed(2, 1000, 0);

        assertThat(pace.isCheap(1)).isFalse();
        assertThat(pace.isCheap(2)).isTrue();
        assertThat(pace.isCheap(3)).isTrue();
        pace.failed(1, 1000, 0);
        assertThat(pace.isCheap(1)).isTrue();
    }
}
