package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SliceClockTest {

    private static final long QUICK = 1_000;
    private static final long SLOW = 1_000_000_000;

    private long now;
    private int readings;
    private final SliceClock clock = new SliceClock(() -> {
        readings++;
        return now;
    });

    @Test
    void shouldReadTheClockSeldomWhileRecordsAreQuick() {
        clock.start(1_000 * QUICK);

        int done = records(QUICK, 10_000);

        assertThat(done).isBetween(1_000, 1_000 + SliceClock.MOST);
        assertThat(readings).isLessThan(done / SliceClock.MOST + 5);
    }

    @Test
    void shouldReadTheClockAfterEachRecordThatIsSlow() {
        clock.start(3 * SLOW);

        assertThat(records(SLOW, 100)).isEqualTo(3);
    }

    @Test
    void shouldNoticeSoonThatRecordsBecameSlow() {
        clock.start(3 * SLOW);
        records(QUICK, 100);
        long before = now;

        int done = records(SLOW, 100);

        assertThat(done).isLessThanOrEqualTo(SliceClock.MOST);
        assertThat(now - before).isGreaterThan(2 * SLOW);
    }

    @Test
    void shouldForgetTheSliceBefore() {
        clock.start(QUICK);
        records(QUICK, 100);
        clock.start(now + 100 * QUICK);

        assertThat(records(QUICK, 1_000)).isBetween(100, 100 + SliceClock.MOST);
    }

    /** Lets records take their time until the slice is over; how many. */
    private int records(long each, int most) {
        int done = 0;
        boolean over = false;
        while (!over && done < most) {
            now += each;
            done++;
            over = clock.isOverAfterOne();
        }
        return done;
    }
}
