package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RepeatedWarningsTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final RepeatedWarnings warnings = new RepeatedWarnings(now::get);

    @Test
    void shouldTellTheFirstInFullAndThenTheirNumber() {
        for (int i = 1; i < RepeatedWarnings.IN_FULL; i++) {
            assertThat(warnings.admit("a")).isEqualTo(new RepeatedWarnings.Admission(true, ""));
        }
        assertThat(warnings.admit("a").note()).contains("only counted");
        for (int i = 0; i < 3_000; i++) {
            assertThat(warnings.admit("a").isTold()).isFalse();
        }
        now.addAndGet(TimeUnit.SECONDS.toNanos(60));
        assertThat(warnings.admit("a").note()).isEqualTo(" 3000 of the kind before it were only counted.");
        assertThat(warnings.admit("a")).isEqualTo(new RepeatedWarnings.Admission(true, ""));
    }

    @Test
    void shouldCountEachKindByItself() {
        for (int i = 0; i <= RepeatedWarnings.IN_FULL; i++) {
            warnings.admit("a");
        }
        assertThat(warnings.admit("b")).isEqualTo(new RepeatedWarnings.Admission(true, ""));
    }
}
