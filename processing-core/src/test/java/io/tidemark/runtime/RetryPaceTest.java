package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryPaceTest {

    private static final long FIVE_SECONDS = TimeUnit.SECONDS.toNanos(5);

    private final RetryPace pace = new RetryPace(TimeUnit.SECONDS.toNanos(30));

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

    @Test
    void shouldPutNothingOffOnceItIsBack() {
        for (int partition = 0; partition < 17; partition++) {
            pace.failed(partition, FIVE_SECONDS, 0);
        }
        assertThat(pace.admits(0, FIVE_SECONDS)).isFalse();
        assertThat(pace.admits(0, 3 * FIVE_SECONDS)).isTrue();

        pace.succeeded(0);

        assertThat(pace.isCheap(0)).isTrue();
        assertThat(pace.admits(1, 3 * FIVE_SECONDS + 1)).isTrue();
        pace.succeeded(1);
        assertThat(pace.admits(2, 3 * FIVE_SECONDS + 2)).isTrue();
    }

    @Test
    void shouldPutNothingOffForLongerThanItMay() {
        pace.failed(0, 20 * FIVE_SECONDS, 0);

        assertThat(pace.admits(0, TimeUnit.SECONDS.toNanos(31))).isTrue();
    }
}
