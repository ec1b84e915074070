package io.tidemark.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How long the partition that suffers most stands still when an instance dies or stops, with the product's own timeouts and the broker's
 * own. Prints a table; a wrong count fails it like every other test.
 */
@Tag("measure")
class TakeoverTimesIT {

    private static final int RUNS = Integer.getInteger("takeover.runs", 3);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** One topic is assigned by {@code cooperative-sticky} or {@code uniform}, two by {@code range} of the client or of the broker. */
    private static final List<Integer> TOPICS = Arrays.stream(
                    System.getProperty("takeover.topics", "1,2").split(","))
            .map(Integer::valueOf)
            .toList();

    enum Protocol {
        CLASSIC,
        CONSUMER
    }

    /** What happens to one instance, and who goes on. */
    enum Situation {
        KILLED_ALONE("killed, the only one, started again at once", false, true, false, true),
        STOPPED_ALONE("stopped, the only one, started again at once", false, false, false, true),
        KILLED_AND_BACK("killed and started again at once, another lives", true, true, false, true),
        STOPPED_AND_BACK("stopped and started again at once, another lives", true, false, false, true),
        KILLED("killed for good, another takes over", true, true, false, false),
        STOPPED("stopped for good (`leave-group`), another takes over", true, false, false, false),
        KILLED_THIRD_JOINS("killed for good, another takes over, a third joins meanwhile", true, true, true, false),
        STOPPED_THIRD_JOINS(
                "stopped for good (`leave-group`), another takes over, a third joins meanwhile",
                true,
                false,
                true,
                false);

        private final String description;
        private final boolean survivor;
        private final boolean killed;
        private final boolean third;
        private final boolean back;

        Situation(String description, boolean survivor, boolean killed, boolean third, boolean back) {
            this.description = description;
            this.survivor = survivor;
            this.killed = killed;
            this.third = third;
            this.back = back;
        }
    }

    @Test
    void shouldTellHowLongATakeoverTakes() throws Exception {
        List<String> table = new ArrayList<>();
        StringBuilder head = new StringBuilder("| an instance is |");
        TOPICS.forEach(topics -> head.append(" classic, %d | consumer, %<d |".formatted(topics)));
        table.add(head.toString());
        table.add("|---|" + "---|---|".repeat(TOPICS.size()));
        try (BrokerProcess broker =
                new BrokerProcess(Brokers.directory("takeover"), Map.of("group.initial.rebalance.delay.ms", "3000"))) {
            for (Situation situation : Situation.values()) {
                StringBuilder row = new StringBuilder("| " + situation.description + " |");
                for (int topics : TOPICS) {
                    for (Protocol protocol : Protocol.values()) {
                        row.append(' ')
                                .append(times(broker, situation, protocol, topics))
                                .append(" |");
                    }
                }
                table.add(row.toString());
                System.out.println(table.get(table.size() - 1));
            }
        }
        write(table);
    }

    private static String times(BrokerProcess broker, Situation situation, Protocol protocol, int topics)
            throws Exception {
        List<Double> seconds = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            seconds.add(once(broker, situation, protocol, topics).toMillis() / 1000.0);
        }
        seconds.sort(null);
        return "%.1f s (%.1f to %.1f)"
                .formatted(seconds.get(RUNS / 2), seconds.get(0), seconds.get(seconds.size() - 1));
    }

    private static Duration once(BrokerProcess broker, Situation situation, Protocol protocol, int topics)
            throws Exception {
        try (Field field = topics == 1 ? new Field(broker, "takeover") : Field.withTwoInputs(broker, "takeover")) {
            field.withDefault("tidemark.group.session-timeout")
                    .withDefault("tidemark.group.heartbeat-interval")
                    .withDefault("tidemark.checkpoint.transaction-timeout")
                    .with("tidemark.group.protocol", protocol.name().toLowerCase())
                    .with("tidemark.shutdown.leave-group", Boolean.toString(!situation.back));
            field.start("one");
            if (situation.survivor) {
                field.start("two");
            }
            field.awaitProgress();
            TimeUnit.SECONDS.sleep(2);

            field.verifier().watchPauses();
            if (situation.killed) {
                field.instance("one").kill();
            } else {
                field.instance("one").stop();
            }
            if (situation.back) {
                field.start("one");
            }
            if (situation.third) {
                field.start("three");
            }
            field.verifier().awaitProgress(PATIENCE);
            // what follows a takeover, a second rebalance perhaps, belongs to it
            TimeUnit.SECONDS.sleep(4);
            field.verifier().awaitProgress(PATIENCE);
            Duration pause = field.verifier().longestPause();
            field.finish();
            return pause;
        }
    }

    private static void write(List<String> table) throws IOException {
        Files.write(Brokers.directory("takeover").resolve("takeover.md"), table);
        System.out.println(String.join("\n", table));
    }
}
