package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The local store is written every 15 seconds, checkpoints are committed ten times a second: at a kill it is many of them behind. */
class WriteBehindIT {

    private static final Pattern READY =
            Pattern.compile("task=(\\d+) Ready after \\d+ ms, state from (\\w+) \\((\\d+) changelog bytes read\\)");

    /** Of each task, between two kills: deltas and the markers of their transactions. */
    private static final int MANY = 30;

    @Test
    void shouldRollForwardAStoreThatIsManyCheckpointsBehind() throws Exception {
        try (Field field = new Field(Brokers.shared(), "behind")) {
            // one worker: a task that moves to another one is written to its store on the way
            field.with("tidemark.processors.ledger.concurrency", "1");
            field.start("one");
            field.awaitProgress();
            // killed before the store was ever written: all of it comes from the changelog, and then the store has it
            killManyCheckpointsLater(field, "CHANGELOG");
            for (int kill = 0; kill < 2; kill++) {
                killManyCheckpointsLater(field, "ROLL_FORWARD");
            }
            field.finish();
        }
    }

    private static void killManyCheckpointsLater(Field field, String source) throws Exception {
        Map<Integer, Long> before = changelogEnds(field);
        TimeUnit.SECONDS.sleep(5);
        assertThat(changelogEnds(field))
                .allSatisfy((task, end) -> assertThat(end - before.get(task))
                        .as("checkpoints of task %d", task)
                        .isGreaterThan(MANY));
        field.instance("one").kill();
        AppProcess again = field.start("one");
        field.awaitProgress();
        List<MatchResult> ready = READY.matcher(again.jvm().output()).results().toList();
        assertThat(ready).extracting(found -> found.group(1)).containsExactlyInAnyOrder("0", "1", "2", "3");
        assertThat(ready).allSatisfy(found -> {
            assertThat(found.group(2)).isEqualTo(source);
            assertThat(Long.parseLong(found.group(3))).isPositive();
        });
    }

    private static Map<Integer, Long> changelogEnds(Field field) throws Exception {
        Map<TopicPartition, OffsetSpec> all = IntStream.range(0, Field.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(field.changelog(), partition))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        try (Admin admin = field.admin()) {
            return admin.listOffsets(all).all().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            end -> end.getKey().partition(),
                            end -> end.getValue().offset()));
        }
    }
}
