package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.checkpoint.CheckpointRef;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.KeyedState;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.DeltaHash;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.PolledRecords;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import io.tidemark.stream.TaskId;
import io.tidemark.stream.TopicFacts;
import io.tidemark.task.TestRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecordPumpTest {

    private static final long MILLI = 1_000_000;

    private static final HandlerTimes TIMES = new HandlerTimes(Duration.ofSeconds(15), Duration.ofMinutes(5));

    private long now;
    private int handled;
    /** Records before the first one that takes time. */
    private int quick;
    /** The call that takes six seconds, a third of what a transaction may and more. */
    private int slow = -1;

    private final List<LiveTask> live = new ArrayList<>();

    /** Slow handlers must never cost the membership: the slice ends with the record that used it up. */
    @Test
    void shouldEndTheSliceAfterTheRecordThatUsedItUp() {
        // given handlers of 8 ms and a slice of 20 ms
        RecordPump pump = pump(1);
        pump.take(new Poll(100, 1));

        // when
        boolean usedUp = pump.process(now + 20 * MILLI, 1_000);

        // then
        assertThat(usedUp).isFalse();
        assertThat(handled).isEqualTo(3);

        // and nothing is skipped or repeated by the slices that follow
        while (!pump.process(now + 20 * MILLI, 1_000)) {
            assertThat(handled).isLessThan(100);
        }
        assertThat(handled).isEqualTo(100);
    }

    @Test
    void shouldEndTheSliceBetweenPartitionsAsWell() {
        RecordPump pump = pump(2);
        pump.take(new Poll(100, 2));

        assertThat(pump.process(now + 12 * MILLI, 1_000)).isFalse();
        assertThat(handled).isEqualTo(2);
    }

    @Test
    void shouldNoticeAtOnceThatRecordsBecameSlow() {
        RecordPump pump = pump(1);
        pump.take(new Poll(1_000, 1));
        quick = 500;

        pump.process(now + 20 * MILLI, 1_000);

        assertThat(handled).isEqualTo(503);
    }

    /** What others did must not hang on a call that proved slow, nor on the ones that follow it. */
    @Test
    void shouldWantACheckpointAroundASlowRecord() {
        RecordPump pump = pump(1);
        pump.take(new Poll(10, 1));
        quick = 10;
        slow = 3;

        // the third takes longer than an attempt should: nothing follows it before a checkpoint
        pump.process(now + 20 * MILLI, 1_000);
        assertThat(handled).isEqualTo(3);
        assertThat(pump.wantsCheckpoint()).isTrue();

        // the attempt came to nothing: the same records again, and the slow one by itself
        pump.clear();
        pump.startAfresh();
        live.forEach(LiveTask::rewind);
        pump.take(new Poll(10, 1));
        handled = 0;
        List<Integer> attempts = new ArrayList<>();
        boolean usedUp = false;
        while (!usedUp) {
            int before = handled;
            usedUp = pump.process(now + 20 * MILLI, 1_000);
            attempts.add(handled - before);
            if (!usedUp) {
                assertThat(pump.wantsCheckpoint()).isTrue();
            }
            pump.startAfresh();
        }
        assertThat(attempts)
                .as("each in an attempt of its own, while the worker is wary")
                .hasSize(10)
                .containsOnly(1);
    }

    private RecordPump pump(int partitions) {
        TaskTable table = new TaskTable(new Verdicts());
        ProcessorDefinition definition = new ProcessorDefinition(
                "p", List.of("orders"), Set.of(), List.of(), Set.of(), states -> (record, out) -> {
                    now += ++handled == slow ? 6_000 * MILLI : handled <= quick ? 0 : 8 * MILLI;
                });
        for (int partition = 0; partition < partitions; partition++) {
            LiveTask task = live(definition, partition);
            live.add(task);
            table.slotFor(new TaskId("p", partition)).goLive(task);
        }
        return new RecordPump(
                table,
                null,
                new WorkerCounters(),
                new RecordFailures(
                        ErrorSettings.defaults(), null, topic -> true, "group", new WorkerCounters(), event -> {}),
                null,
                TIMES,
                () -> now);
    }

    private static LiveTask live(ProcessorDefinition definition, int partition) {
        CheckpointRef born = new CheckpointRef(
                new CheckpointId(0, 0, new UUID(0, 0)), new DeltaHash(new byte[16]), 0, 1, 0, 0, List.of());
        InMemoryStateStore store = new InMemoryStateStore();
        return new LiveTask(
                definition,
                new TaskId("p", partition),
                store,
                new KeyedState(store, definition.states(), 10),
                1 << 20,
                topic -> true,
                Map.of("orders", new TopicFacts(new UUID(1, 1), 1)),
                0,
                Positions.of(Map.of("orders", Position.at(0))),
                born,
                false,
                BaseProgress.NONE,
                0);
    }

    private static final class Poll implements PolledRecords {

        private final int count;
        private final int partitions;
        private int at = -1;

        /** Partitions take turns record by record. */
        Poll(int count, int partitions) {
            this.count = count;
            this.partitions = partitions;
        }

        @Override
        public boolean advance() {
            return ++at < count;
        }

        @Override
        public int nextKeys(byte[][] keys) {
            return 0;
        }

        @Override
        public InputRecord current() {
            return new TestRecord("orders", at % partitions, at, 0, new byte[] {1}, new byte[] {1});
        }

        @Override
        public int count() {
            return count;
        }

        @Override
        public Map<InputPartition, Position> nextPositions() {
            return Map.of(new InputPartition("orders", 0), Position.at(count));
        }
    }
}
