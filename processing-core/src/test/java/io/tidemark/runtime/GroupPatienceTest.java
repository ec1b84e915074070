package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GroupPatienceTest {

    private final GroupPatience patience = new GroupPatience();

    @Test
    void shouldTellALongWaitOnce() {
        assertThat(patience.look(true, seconds(1))).isFalse();
        assertThat(patience.look(true, seconds(6))).isFalse();
        assertThat(patience.look(true, seconds(7))).isTrue();
        assertThat(patience.look(true, seconds(60))).isFalse();
        assertThat(patience.look(false, seconds(61))).isFalse();
        assertThat(patience.look(true, seconds(62))).as("another wait").isFalse();
        assertThat(patience.look(true, seconds(68))).isTrue();
    }

    private static long seconds(int seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
