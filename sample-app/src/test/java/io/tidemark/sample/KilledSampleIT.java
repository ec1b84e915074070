package io.tidemark.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The promise: the process is killed hard while flights flow, once with its state directory deleted and once after the restore that
 * follows, and every count and every alert is right in the end. The embedded broker dies with the process each time.
 */
class KilledSampleIT {

    private static final int KILLS = 2;
    private static final int DISK_LOST_AT = 1;
    private static final String SPEED = "--sample.replay.flights-per-second=2000";

    @TempDir
    private Path home;

    @Test
    void shouldBeRightAfterEveryKill() throws Exception {
        // given
        FlightFile file = new FlightFile();
        Random random = new Random(20010101);

        // when
        long counted = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            try (SampleProcess sample = SampleProcess.start(home, SPEED)) {
                long target = Math.min(file.size() - 1_000L, counted + 1_500 + random.nextInt(2_500));
                await().atMost(Duration.ofSeconds(90))
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> sample.countedFlights() >= target);
                counted = sample.countedFlights();
                sample.kill();
            }
            if (kill == DISK_LOST_AT) {
                delete(home.resolve("state"));
            }
        }
        try (SampleProcess sample = SampleProcess.start(home, SPEED)) {
            await().atMost(Duration.ofSeconds(120)).until(() -> sample.countedFlights() == file.size());
            assertSurface(sample);
            assertThat(sample.stop()).isLessThan(Duration.ofSeconds(25));
            assertThat(sample.output()).doesNotContain("ERROR");
        }

        // then
        Recomputation expected = new Recomputation(Path.of("src", "main", "resources", "data", "flights-20k.csv"));
        JsonMapper json = JsonMapper.shared();
        try (CommittedTopics topics = new CommittedTopics(home.resolve("kafka"))) {
            Map<String, List<String>> flights = topics.byKey(Topics.FLIGHTS);
            assertThat(flights.values().stream().mapToInt(List::size).sum())
                    .as("the replayer sent each row once")
                    .isEqualTo(file.size());

            Map<String, List<String>> statistics = topics.byKey(Topics.STATISTICS);
            assertThat(statistics.keySet()).containsExactlyInAnyOrderElementsOf(expected.statistics.keySet());
            expected.statistics.forEach((airport, all) -> assertThat(
                            statistics.get(airport).stream().map(value -> json.readValue(value, DelayStats.class)))
                    .as("every state of %s, in order", airport)
                    .containsExactlyElementsOf(all));

            Map<String, List<String>> alerts = topics.byKey(Topics.ALERTS);
            assertThat(alerts.keySet()).containsExactlyInAnyOrderElementsOf(expected.alertRows.keySet());
            expected.alertRows.forEach((airport, rows) -> assertThat(alerts.get(airport).stream()
                            .map(value -> json.readValue(value, Alert.class).row()))
                    .as("alerts of %s", airport)
                    .containsExactlyElementsOf(rows));

            assertThat(topics.openTransactions()).isEmpty();
            assertThat(topics.heldBack(
                            Topics.FLIGHTS,
                            Topics.STATISTICS,
                            Topics.ALERTS,
                            "tidemark-sample.airport-delays.changelog"))
                    .isZero();
        }
    }

    /** Health, the endpoint, the meters and the page, while it runs. */
    private static void assertSurface(SampleProcess sample) {
        JsonNode health = sample.get("/actuator/health").at("/components/tidemark/components/airport-delays");
        assertThat(health.path("status").asString()).isEqualTo("UP");
        JsonNode processor = sample.get("/actuator/processors/airport-delays");
        assertThat(processor.path("state").asString()).isEqualTo("RUNNING");
        assertThat(processor.path("tasks").size()).isEqualTo(4);
        assertThat(sample.text("/actuator/prometheus"))
                .contains("tidemark_records_in_total{")
                .contains("tidemark_records_lag{")
                .contains("tidemark_checkpoint_seconds_count{")
                .contains("tidemark_restore_seconds_count{");
        assertThat(sample.text("/airports")).contains("<title>Airport delays").doesNotContain("https://");
        assertThat(sample.get("/api/airports").path("top").size()).isEqualTo(10);
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
        assertThat(root).doesNotExist();
    }
}
