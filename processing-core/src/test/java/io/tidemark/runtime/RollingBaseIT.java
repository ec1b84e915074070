package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.changelog.BaseSettings;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.RestoreSource;
import io.tidemark.runtime.RuntimeEvent.TaskRestored;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A9, F4: the changelog of a living task is cut, and what is left restores everything. */
class RollingBaseIT extends RuntimeFixture {

    private static final int KEYS = 200;

    private final String in = TestCluster.createTopic("in", 1);
    private final String out = TestCluster.createTopic("out", 1);
    private final ProcessorDefinition counts = counting("base", in, out, record -> false);
    private int sent;

    @BeforeEach
    void small() {
        settings = settings.with(settings.worker()
                .with(new BaseSettings(2_000, 500, 1_000))
                .with(new StoreSettings(Duration.ofMillis(100), 1 << 20, 1 << 20, 1 << 20)));
    }

    @Test
    void shouldCutTheChangelogAndRestoreFromWhatIsLeft() throws Exception {
        ProcessingRuntime first = start(directory, counts);
        feedUntilStartIsBehind(0);
        long start = logStart();
        feedUntilStartIsBehind(start);
        first.stop();

        events.clear();
        delete(directory);
        ProcessingRuntime second = start(directory, counts);
        feed();
        assertThat(restored().source()).isEqualTo(RestoreSource.CHANGELOG);
        assertCountedOnce(out);
        second.stop();
    }

    /** Somebody deletes what a base needs, and the local store is good: a new base is written from it. */
    @Test
    void shouldWriteABaseAnewWhenTheLogHasLostIt() throws Exception {
        settings = settings.with(settings.worker().with(new BaseSettings(Long.MAX_VALUE / 8, 500, 1_000)));
        ProcessingRuntime first = start(directory, counts);
        feed();
        first.stop();
        try (Admin admin = TestCluster.clients().admin()) {
            admin.deleteRecords(Map.of(changelog(), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
        long lost = logStart();
        assertThat(lost).isPositive();

        ProcessingRuntime second = start(directory, counts);
        for (int i = 0; i < 5; i++) {
            feed();
        }
        second.stop();
        delete(directory);
        events.clear();
        start(directory, counts);
        feed();
        assertThat(restored().source()).isEqualTo(RestoreSource.CHANGELOG);
        assertCountedOnce(out);
    }

    private TaskRestored restored() {
        return events.stream()
                .filter(TaskRestored.class::isInstance)
                .map(TaskRestored.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private void feed() {
        TestCluster.send(in, 2 * KEYS, KEYS);
        sent += 2 * KEYS;
        awaitOutputs(out, sent);
    }

    private void feedUntilStartIsBehind(long offset) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    feed();
                    return logStart() > offset;
                });
    }

    private TopicPartition changelog() {
        return new TopicPartition(application + ".base.changelog", 0);
    }

    private long logStart() throws Exception {
        try (Admin admin = TestCluster.clients().admin()) {
            return admin.listOffsets(Map.of(changelog(), OffsetSpec.earliest()))
                    .partitionResult(changelog())
                    .get()
                    .offset();
        }
    }
}
