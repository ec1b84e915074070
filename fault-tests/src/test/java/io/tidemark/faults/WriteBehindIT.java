package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The local store is written every 15 seconds, checkpoints are committed ten times a second: at a kill it is many of them behind. */
class WriteBehindIT {

    private static final Pattern READY =
            Pattern.compile("task=(\\d+) Ready after \\d+ ms, state from (\\w+) \\((\\d+) changelog bytes read\\)");

    /** Of the seconds between two kills there are some dozens of deltas, and none is smaller than its header. */
    private static final int MANY_DELTAS = 2_000;

    @Test
    void shouldRollForwardAStoreThatIsManyCheckpointsBehind() throws Exception {
        try (Field field = new Field(Brokers.shared(), "behind")) {
            field.start("one");
            field.awaitProgress();
            // killed before the store was ever written: all of it comes from the changelog, and then the store has it
            assertReadyFrom("CHANGELOG", killAndStart(field));
            for (int kill = 0; kill < 2; kill++) {
                assertReadyFrom("ROLL_FORWARD", killAndStart(field));
            }
            field.finish();
        }
    }

    private static AppProcess killAndStart(Field field) throws InterruptedException {
        TimeUnit.SECONDS.sleep(5);
        field.instance("one").kill();
        AppProcess again = field.start("one");
        field.awaitProgress();
        return again;
    }

    private static void assertReadyFrom(String source, AppProcess instance) {
        List<Matcher> ready = READY.matcher(instance.jvm().output())
                .results()
                .map(found -> READY.matcher(found.group()))
                .filter(Matcher::matches)
                .toList();
        assertThat(ready).extracting(found -> found.group(1)).contains("0", "1", "2", "3");
        // a task that moved to the other worker on the way was ready twice, the second time from its own store
        for (String task : List.of("0", "1", "2", "3")) {
            Matcher first = ready.stream()
                    .filter(found -> found.group(1).equals(task))
                    .findFirst()
                    .orElseThrow();
            assertThat(first.group(2)).isEqualTo(source);
            assertThat(Integer.parseInt(first.group(3))).isGreaterThan(MANY_DELTAS);
        }
    }
}
