package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.changelog.BaseSettings;
import io.tidemark.changelog.Replay;
import io.tidemark.changelog.RollingBase;
import io.tidemark.changelog.SegmentCodec;
import io.tidemark.checkpoint.CheckpointRef;
import io.tidemark.checkpoint.TransactionalLog;
import io.tidemark.codec.Lz4Compression;
import io.tidemark.codec.RawCodecs;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.KeyedState;
import io.tidemark.state.RowCursor;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.GroupToken;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import io.tidemark.stream.TaskId;
import io.tidemark.stream.TopicFacts;
import io.tidemark.task.TestRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However long a task goes on changing its state, its changelog stays a small multiple of it, through restarts and moves in mid-round. */
class ChangelogGrowthTest {

    private static final StateDescriptor<ValueState<String>> TEXT = StateDescriptor.value("text", RawCodecs.STRING);
    private static final TaskId TASK = new TaskId("p", 0);
    private static final int KEYS = 3_000;
    private static final int PER_CHECKPOINT = 100;
    private static final long FLOOR = 20_000;

    private final SegmentCodec codec = new SegmentCodec(new Lz4Compression(), 100_000, 64 << 20);
    private final RollingBase rolling = new RollingBase(new BaseSettings(FLOOR, 2_000, 1 << 20));
    private final Log log = new Log();
    private final ProcessorDefinition definition =
            new ProcessorDefinition("p", List.of("in"), Set.of(), List.of(TEXT), Set.of(), states -> {
                ValueState<String> text = states.state(TEXT);
                return (record, out) -> {
                    byte[] value = record.value();
                    if (value == null) {
                        text.clear();
                    } else {
                        text.set(new String(value, UTF_8));
                    }
                };
            });
    private final Map<String, String> expected = new HashMap<>();
    private InMemoryStateStore store = new InMemoryStateStore();
    private CheckpointRef committed;
    private Positions positions = Positions.of(Map.of("in", Position.at(0)));
    private LiveTask task = live(BaseProgress.NONE);
    private long offset;
    private int rounds;
    private int restartsInRounds;

    /** Keys as they come: all equally often; more and more of them, the old ones forgotten; a few very often. */
    private enum Keys {
        UNIFORM,
        GROWING,
        SKEWED;

        int next(Random random, long record) {
            return switch (this) {
                case UNIFORM -> random.nextInt(KEYS);
                case GROWING -> (int) record;
                case SKEWED -> (int) Math.exp(random.nextDouble() * Math.log(KEYS + 1.0)) - 1;
            };
        }
    }

    @ParameterizedTest
    @CsvSource({"UNIFORM,1", "UNIFORM,2", "GROWING,3", "SKEWED,4"})
    void shouldStayASmallMultipleOfTheState(Keys keys, long seed) {
        Random random = new Random(seed);
        checkpoint();
        double most = 0;
        int checkpoints = 50 * KEYS / PER_CHECKPOINT;
        for (int n = 1; n <= checkpoints; n++) {
            for (int i = 0; i < PER_CHECKPOINT; i++) {
                int key = keys.next(random, offset);
                set("k" + key, random.nextInt(40) == 0 ? null : text(random));
                if (keys == Keys.GROWING && key >= KEYS) {
                    set("k" + (key - KEYS), null);
                }
            }
            if (random.nextInt(15) == 0) {
                task.prepare(log, codec, rolling, new UUID(seed, -n));
                log.abort();
                task.rewind();
                n--;
                replayInput();
            }
            checkpoint();
            if (random.nextInt(8) == 0) {
                task.fold(0);
            }
            if (random.nextInt(60) == 0) {
                restart(random.nextBoolean());
            }
            if (n > checkpoints / 5) {
                most = Math.max(most, (double) log.bytes() / (live() + FLOOR));
            }
        }
        System.out.printf(
                "%s: %d checkpoints, %d rounds, %d restarts in the middle of one, %d keys; the log was %.2f times the state at most%n",
                keys, checkpoints, rounds, restartsInRounds, expected.size(), most);
        assertThat(rounds).isGreaterThan(8);
        assertThat(restartsInRounds).isPositive();
        assertThat(most).isLessThan(4);
        restart(true);
        assertThat(contents()).isEqualTo(expected);
    }

    private static String text(Random random) {
        return "value " + random.nextLong() + " of some length " + random.nextLong();
    }

    private final List<InputRecord> open = new ArrayList<>();
    private final Map<String, String> changed = new HashMap<>();

    private void set(String key, String value) {
        InputRecord record =
                new TestRecord("in", 0, offset++, 0, key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
        open.add(record);
        changed.put(key, value);
        task.process(record);
        task.moved("in", record.offset() + 1, 0, 1);
    }

    private void replayInput() {
        for (InputRecord record : open) {
            task.process(record);
            task.moved("in", record.offset() + 1, 0, 1);
        }
    }

    private void checkpoint() {
        task.prepare(log, codec, rolling, new UUID(7, offset));
        Map<InputPartition, TransactionalLog.OffsetWithPointer> offsets = new HashMap<>();
        task.addPointers(offsets);
        task.decided();
        log.commit();
        long trim = task.takeTrim();
        if (trim >= 0) {
            rounds++;
            log.start = Math.max(log.start, trim);
        }
        committed = task.committed();
        positions = Positions.of(Map.of("in", offsets.values().iterator().next().position()));
        changed.forEach((key, value) -> {
            if (value == null) {
                expected.remove(key);
            } else {
                expected.put(key, value);
            }
        });
        changed.clear();
        open.clear();
    }

    private void restart(boolean diskLost) {
        if (diskLost || store.position() == null || store.position().changelogNext() < log.start) {
            store = new InMemoryStateStore();
        }
        assertThat(committed.base()).isGreaterThanOrEqualTo(log.start);
        if (store.position() == null || !store.position().checkpoint().equals(committed.id())) {
            Replay replay = new Replay(store, committed.id(), committed.hash(), codec, 10_000);
            long from = store.position() == null
                    ? committed.base()
                    : store.position().changelogNext();
            Replay.Progress progress = Replay.Progress.MORE;
            for (long at = from; progress == Replay.Progress.MORE; at++) {
                byte[] record = log.records.get((int) at);
                if (record.length > 0) {
                    progress = replay.accept(at, record);
                }
            }
            assertThat(progress).isEqualTo(Replay.Progress.REACHED);
        }
        BaseProgress base = store.position().base();
        if (base.round() != null) {
            restartsInRounds++;
        }
        task = live(base);
    }

    private LiveTask live(BaseProgress base) {
        return new LiveTask(
                definition,
                TASK,
                store,
                new KeyedState(store, definition.states(), 1 << 20),
                1 << 20,
                topic -> true,
                Map.of("in", new TopicFacts(new UUID(1, 1), 1)),
                7,
                positions,
                committed,
                false,
                base,
                0);
    }

    private long live() {
        return expected.entrySet().stream()
                .mapToLong(
                        entry -> 11 + entry.getKey().length() + entry.getValue().length())
                .sum();
    }

    private Map<String, String> contents() {
        Map<String, String> found = new HashMap<>();
        try (RowCursor rows = store.scan(new byte[] {0x10})) {
            while (rows.advance()) {
                byte[] row = rows.row();
                found.put(new String(row, 10, row.length - 10, UTF_8), new String(rows.value(), UTF_8));
            }
        }
        return found;
    }

    /** A changelog partition in memory; aborted records and markers take offsets as well. */
    private static final class Log implements TransactionalLog {

        private final List<byte[]> records = new ArrayList<>();
        private final List<Integer> sizes = new ArrayList<>();
        private long start;
        private int begun;

        /** What aborted attempts wrote is nobody's history, but takes its place. */
        long bytes() {
            return sizes.subList((int) start, sizes.size()).stream()
                    .mapToLong(Integer::intValue)
                    .sum();
        }

        @Override
        public Append append(int partition, List<byte[]> chunks) {
            long first = records.size();
            records.addAll(chunks);
            chunks.forEach(chunk -> sizes.add(chunk.length));
            long last = records.size() - 1L;
            return new Append() {
                @Override
                public long firstOffset() {
                    return first;
                }

                @Override
                public long lastOffset() {
                    return last;
                }
            };
        }

        @Override
        public void commit() {
            records.add(new byte[0]);
            sizes.add(0);
            begun = records.size();
        }

        @Override
        public void abort() {
            for (int i = begun; i < records.size(); i++) {
                records.set(i, new byte[0]);
            }
            commit();
        }

        @Override
        public String transactionalId() {
            return "app-p-0";
        }

        @Override
        public int maxRecordBytes() {
            return 1 << 20;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void send(OutputRecord record) {
            throw new AssertionError("nothing is sent here");
        }

        @Override
        public void flush() {
            // everything is there
        }

        @Override
        public void sendOffsets(Map<InputPartition, OffsetWithPointer> offsets, GroupToken group) {
            throw new AssertionError("the task is driven without a group");
        }

        @Override
        public void replace() {
            throw new AssertionError("nothing fails here");
        }

        @Override
        public void close(Duration timeout) {
            // holds nothing
        }
    }
}
