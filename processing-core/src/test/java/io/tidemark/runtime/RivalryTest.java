package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RivalryTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void shouldBelieveInARivalOnlyAfterSeveralFencingsInAShortTime() {
        Rivalry seldom = new Rivalry("/data/app", "abc", false);
        for (int i = 0; i < 20; i++) {
            seldom.fenced(i * 31 * SECOND);
            assertThat(seldom.isProven()).isFalse();
        }
        Rivalry often = new Rivalry("/data/app", "abc", false);
        Rivalry original = new Rivalry("/data/app", "abc", true);
        for (int i = 0; i < 5; i++) {
            assertThat(often.isProven()).isFalse();
            often.fenced(i * 10 * SECOND);
            original.fenced(i * 10 * SECOND);
        }
        assertThat(often.isProven()).isTrue();
        assertThat(original.isProven()).as("the copy gives up first").isFalse();
        for (int i = 5; i < 15; i++) {
            assertThat(original.isProven()).isFalse();
            original.fenced(i * 40 * SECOND);
        }
        assertThat(original.isProven())
                .as("two originals, between whose restarts there are pauses")
                .isTrue();
        Rivalry paused = new Rivalry("/data/app", "abc", false);
        for (int worker = 0; worker < 8; worker++) {
            paused.fenced(worker * SECOND / 10);
        }
        assertThat(paused.isProven()).as("all workers at once are one time").isFalse();
        assertThat(often.message()).contains("/data/app").contains("abc").contains("copy");
    }
}
