package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.kafka.Crc32Placement;
import io.tidemark.kafka.DefaultPlacement;
import io.tidemark.runtime.RuntimeEvent.PartitionersDiffer;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.KeyPlacement;
import io.tidemark.stream.RecordHeader;
import io.tidemark.stream.TaskId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartitionerSampleTest {

    private static final int PARTITIONS = 4;
    private static final KeyPlacement JAVA = new DefaultPlacement();
    private static final KeyPlacement RDKAFKA = new Crc32Placement();

    private final List<RuntimeEvent> events = new ArrayList<>();
    private final Map<String, KeyPlacement> known = new LinkedHashMap<>(Map.of("java", JAVA, "rdkafka", RDKAFKA));
    private final PartitionerSample sample =
            new PartitionerSample("joined", List.of("a", "b"), known, PARTITIONS, events::add);

    @Test
    void shouldTellInputsApartWhoseProducersPlaceKeysDifferently() {
        show("a", JAVA, 30);
        assertThat(events).isEmpty();
        show("b", RDKAFKA, 30);

        assertThat(events).containsExactly(new PartitionersDiffer("joined", "a by java; b by rdkafka"));
        assertThat(sample.isDone()).isTrue();
    }

    @Test
    void shouldTellAnInputWhosePlacementNobodyKnows() {
        show("b", (key, partitions) -> key.length % partitions, 30);
        show("a", JAVA, 30);

        assertThat(events).containsExactly(new PartitionersDiffer("joined", "a by java; b by another one"));
    }

    @Test
    void shouldBeSilentAndDoneWhenTheyAgree() {
        show("a", RDKAFKA, 400);
        show("b", RDKAFKA, 199);
        assertThat(sample.isDone()).isFalse();
        show("b", RDKAFKA, 300);

        assertThat(events).isEmpty();
        assertThat(sample.isDone()).isTrue();
    }

    /** One key says nothing, however often it comes; nor is it looked at for ever. */
    @Test
    void shouldNotJudgeByFewKeys() {
        show("a", JAVA, 300);
        for (int i = 0; i < 300_000 && !sample.isDone(); i++) {
            sample.look(new TaskId("joined", 0), new Shown("b", 3, "k".getBytes(UTF_8)));
        }

        assertThat(events).isEmpty();
        assertThat(sample.isDone()).isTrue();
    }

    /** Some were put somewhere on purpose. */
    @Test
    void shouldAllowForStrayKeys() {
        show("a", JAVA, 300);
        for (int i = 0; i < 300; i++) {
            byte[] key = ("k" + i).getBytes(UTF_8);
            int home = JAVA.partitionOf(key, PARTITIONS);
            sample.look(new TaskId("joined", 0), new Shown("b", i % 50 == 49 ? (home + 1) % PARTITIONS : home, key));
        }

        assertThat(events).isEmpty();
    }

    private void show(String topic, KeyPlacement placement, int keys) {
        for (int i = 0; i < keys; i++) {
            byte[] key = ("k" + i).getBytes(UTF_8);
            sample.look(new TaskId("joined", 0), new Shown(topic, placement.partitionOf(key, PARTITIONS), key));
        }
    }

    private record Shown(String topic, int partition, byte[] key) implements InputRecord {

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public int leaderEpoch() {
            return 0;
        }

        @Override
        public long timestamp() {
            return 0;
        }

        @Override
        public byte[] value() {
            return new byte[0];
        }

        @Override
        public byte[] header(String name) {
            return null;
        }

        @Override
        public List<RecordHeader> headers() {
            return List.of();
        }
    }
}
