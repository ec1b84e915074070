package io.tidemark.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.Lz4Compression;
import io.tidemark.codec.RawCodecs;
import io.tidemark.rocksdb.RocksDbStateStores;
import io.tidemark.state.Drained;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.KeyedState;
import io.tidemark.state.RowCursor;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateStore;
import io.tidemark.state.StateStores;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.BaseProgress.Round;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import io.tidemark.stream.TaskId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The mirror: a random program over every kind of state, and after every step what would be restored equals what is live. Restored means
 * encoded, chunked, decoded and replayed; live means read through the author's handles and compared with plain collections.
 */
class MirrorTest {

    private enum Color {
        RED,
        GREEN,
        BLUE
    }

    private static final StateDescriptor<ValueState<Long>> NUMBER = StateDescriptor.value("number", RawCodecs.LONG);
    private static final StateDescriptor<ValueState<String>> TEXT = StateDescriptor.value("text", RawCodecs.STRING);
    private static final StateDescriptor<ListState<String>> LIST = StateDescriptor.list("list", RawCodecs.STRING);
    private static final StateDescriptor<MapState<Long, String>> BY_NUMBER =
            StateDescriptor.map("by-number", RawCodecs.LONG, RawCodecs.STRING);
    private static final StateDescriptor<MapState<Color, Long>> BY_COLOR =
            StateDescriptor.map("by-color", RawCodecs.enumByName(Color.class), RawCodecs.LONG);
    private static final List<StateDescriptor<?>> ALL = List.of(NUMBER, TEXT, LIST, BY_NUMBER, BY_COLOR);
    private static final TaskId TASK = new TaskId("mirror", 0);
    private static final int KEYS = 9;
    private static final int CACHE_BYTES = 12 * 200;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
    void shouldRestoreWhatIsLiveAfterEveryStep(long seed) {
        Map<TaskId, InMemoryStateStore> disks = new HashMap<>();
        StateStores onHeap = new StateStores() {
            @Override
            public StateStore open(TaskId task) {
                return disks.computeIfAbsent(task, t -> new InMemoryStateStore());
            }

            @Override
            public boolean isHeld(TaskId task) {
                return false;
            }

            @Override
            public StateStore openElsewhere(TaskId task) {
                throw new AssertionError("nobody else is here");
            }

            @Override
            public void discard(TaskId task) {
                disks.remove(task);
            }

            @Override
            public void quarantine(TaskId task, String reason) {
                disks.remove(task);
            }
        };
        Program program = new Program(seed, onHeap);
        program.run(3_000);
        assertThat(program.rounds).as("rounds of the rolling base").isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldRestoreWhatIsLiveWithRocksDb(long seed) {
        try (RocksDbStateStores stores = new RocksDbStateStores(directory, 16 << 20, false)) {
            int before = stores.nativeHandles();
            Program program = new Program(seed, stores);
            program.run(1_500);
            program.store.close();
            assertThat(stores.nativeHandles())
                    .as("native objects after a long program with abandoned iterators")
                    .isEqualTo(before);
        }
    }

    /** What one key holds, as plain collections. */
    private static final class Model {
        Long number;
        String text;
        final List<String> list = new ArrayList<>();
        final TreeMap<Long, String> byNumber = new TreeMap<>();
        final TreeMap<String, Long> byColor = new TreeMap<>();

        Model copy() {
            Model copy = new Model();
            copy.number = number;
            copy.text = text;
            copy.list.addAll(list);
            copy.byNumber.putAll(byNumber);
            copy.byColor.putAll(byColor);
            return copy;
        }

        @Override
        public String toString() {
            return number + " " + text + " " + list + " " + byNumber + " " + byColor;
        }
    }

    private static final class Program {

        private final long seed;
        private final Random random;
        private final StateStores stores;
        private final SegmentCodec codec = new SegmentCodec(new Lz4Compression(), 1024, 1 << 20);
        private final List<byte[]> log = new ArrayList<>();
        private final InMemoryStateStore mirror = new InMemoryStateStore();
        private Map<Integer, Model> live = empty();
        private Map<Integer, Model> committed = empty();
        private StateStore store;
        private KeyedState state;
        private CheckpointId newest;
        private DeltaHashOf newestHash;
        private int step;
        private final RollingBase rolling;
        private BaseProgress progress = BaseProgress.NONE;
        private long base;
        private int logStart;
        private int rounds;

        private record DeltaHashOf(io.tidemark.stream.DeltaHash hash) {}

        Program(long seed, StateStores stores) {
            this.seed = seed;
            this.random = new Random(seed);
            this.stores = stores;
            this.rolling = new RollingBase(new BaseSettings(500 + random.nextInt(2_000), 1 + random.nextInt(200), 100));
            open();
        }

        private static Map<Integer, Model> empty() {
            Map<Integer, Model> models = new TreeMap<>();
            for (int key = 0; key < KEYS; key++) {
                models.put(key, new Model());
            }
            return models;
        }

        private static Map<Integer, Model> copy(Map<Integer, Model> models) {
            Map<Integer, Model> copy = new TreeMap<>();
            models.forEach((key, model) -> copy.put(key, model.copy()));
            return copy;
        }

        private void open() {
            store = stores.open(TASK);
            state = new KeyedState(store, ALL, CACHE_BYTES);
        }

        void run(int steps) {
            for (step = 0; step < steps; step++) {
                int dice = random.nextInt(100);
                if (dice < 76) {
                    record();
                } else if (dice < 85) {
                    commit();
                } else if (dice < 89) {
                    abort();
                } else if (dice < 94) {
                    state.fold();
                } else if (dice < 97) {
                    state.trim();
                } else {
                    crash();
                }
                compare(state, live, "live");
                compareMirror();
            }
        }

        private void record() {
            int key = random.nextInt(KEYS);
            Model changed = live.get(key).copy();
            state.enter(key(key));
            for (int i = random.nextInt(5); i >= 0; i--) {
                change(changed);
            }
            if (random.nextInt(4) == 0) {
                state.undo();
            } else {
                state.keep();
                live.put(key, changed);
            }
        }

        private void change(Model model) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    model.number = random.nextLong();
                    state.state(NUMBER).set(model.number);
                }
                case 1 -> {
                    model.text = "t" + random.nextInt();
                    state.state(TEXT).set(model.text);
                }
                case 2 -> {
                    if (random.nextBoolean()) {
                        model.number = null;
                        state.state(NUMBER).clear();
                    } else {
                        model.text = null;
                        state.state(TEXT).clear();
                    }
                }
                case 3 -> {
                    String element = "e" + random.nextInt(1000);
                    model.list.add(element);
                    state.state(LIST).add(element);
                }
                case 4 -> {
                    int most = 1 + random.nextInt(4);
                    String element = "b" + random.nextInt(1000);
                    model.list.add(element);
                    while (model.list.size() > most) {
                        model.list.remove(0);
                    }
                    state.state(LIST).addBounded(most, element);
                    if (random.nextBoolean()) {
                        assertThat(state.state(LIST).toList()).isEqualTo(model.list);
                    }
                }
                case 5 -> {
                    if (random.nextInt(3) == 0) {
                        model.list.clear();
                        state.state(LIST).clear();
                    } else {
                        assertThat(state.state(LIST).isEmpty()).isEqualTo(model.list.isEmpty());
                    }
                }
                case 6, 7 -> {
                    long mapKey = random.nextInt(7) - 3;
                    model.byNumber.put(mapKey, "v" + random.nextInt(1000));
                    state.state(BY_NUMBER).put(mapKey, model.byNumber.get(mapKey));
                }
                case 8 -> {
                    long mapKey = random.nextInt(7) - 3;
                    if (random.nextBoolean()) {
                        model.byNumber.remove(mapKey);
                        state.state(BY_NUMBER).remove(mapKey);
                    } else {
                        assertThat(state.state(BY_NUMBER).get(mapKey)).isEqualTo(model.byNumber.get(mapKey));
                    }
                }
                case 9 -> {
                    Color color = Color.values()[random.nextInt(3)];
                    model.byColor.put(color.name(), random.nextLong());
                    state.state(BY_COLOR).put(color, model.byColor.get(color.name()));
                }
                case 10 -> {
                    if (random.nextBoolean()) {
                        model.byNumber.clear();
                        state.state(BY_NUMBER).clear();
                    } else {
                        model.byColor.clear();
                        state.state(BY_COLOR).clear();
                    }
                }
                default -> walk(model);
            }
        }

        /** Walks a part of a map, removing some of it on the way; the iterator is then left as it is. */
        private void walk(Model model) {
            Iterator<Map.Entry<Long, String>> entries =
                    state.state(BY_NUMBER).entries().iterator();
            for (int i = random.nextInt(5); i > 0 && entries.hasNext(); i--) {
                Map.Entry<Long, String> entry = entries.next();
                assertThat(model.byNumber).contains(entry);
                if (random.nextInt(3) == 0) {
                    entries.remove();
                    model.byNumber.remove(entry.getKey());
                }
            }
        }

        private void commit() {
            CheckpointId id = CheckpointId.after(newest, new UUID(seed, step));
            Drained drained = state.drain(id);
            RollingBase.Slice slice =
                    newest == null ? null : rolling.next(store, state, progress, drained.sizeInBytes());
            BaseProgress after = progress;
            List<byte[]> chunks = new ArrayList<>();
            boolean last = false;
            if (slice != null) {
                last = slice.stretch().last();
                EncodedSegment segment =
                        codec.encode(header(SegmentKind.BASE_SLICE, id, progress, slice.stretch()), slice.rows());
                chunks.addAll(segment.chunks());
                Round round = slice.round().startedAt(log.size());
                long bytes = segment.sizeInBytes();
                after = last
                        ? new BaseProgress(round.logBytes() + bytes, round.sliceBytes() + bytes, null)
                        : new BaseProgress(
                                progress.logBytes() + bytes,
                                progress.baseBytes(),
                                new Round(
                                        round.start(),
                                        round.cursor(),
                                        round.end(),
                                        round.sliceBytes() + bytes,
                                        round.logBytes() + bytes));
                if (last) {
                    rounds++;
                    logStart = (int) base;
                    base = round.start();
                }
            }
            EncodedSegment segment = codec.encode(header(SegmentKind.DELTA, id, after, null), drained.changes());
            progress = after.plus(segment.sizeInBytes());
            chunks.addAll(segment.chunks());
            Replay replay = new Replay(mirror, id, segment.hash(), codec, 1 << 20);
            Replay.Progress reached = Replay.Progress.MORE;
            for (byte[] chunk : chunks) {
                reached = replay.accept(log.size(), chunk);
                log.add(chunk);
            }
            assertThat(reached).isEqualTo(Replay.Progress.REACHED);
            state.committed(drained, new StorePosition(id, log.size(), progress));
            newest = id;
            newestHash = new DeltaHashOf(segment.hash());
            committed = copy(live);
        }

        private SegmentHeader header(
                SegmentKind kind, CheckpointId id, BaseProgress base, SegmentHeader.Stretch stretch) {
            return new SegmentHeader(
                    kind, id, newest, Positions.of(Map.of("t", Position.at(step))), 7, "owner", base, stretch);
        }

        private void abort() {
            if (random.nextBoolean()) {
                state.drain(CheckpointId.after(newest, new UUID(seed, -step)));
            }
            state.discard();
            live = copy(committed);
        }

        /** The process dies: the store is what it is, or gone; the log brings the rest. */
        private void crash() {
            store.close();
            if (random.nextBoolean()) {
                stores.quarantine(TASK, "the disk is lost");
            }
            open();
            if (newest != null) {
                rollForward();
            }
            live = copy(committed);
        }

        private void rollForward() {
            StorePosition position = store.position();
            if (position != null && position.checkpoint().equals(newest)) {
                progress = position.base();
                return;
            }
            if (position != null && position.changelogNext() < logStart) {
                store.close();
                stores.quarantine(TASK, "older than the log");
                open();
                position = null;
            }
            Replay replay = new Replay(store, newest, newestHash.hash(), codec, 100);
            Replay.Progress reached = Replay.Progress.MORE;
            for (int offset = position == null ? (int) base : (int) position.changelogNext();
                    offset < log.size();
                    offset++) {
                reached = replay.accept(offset, log.get(offset));
            }
            progress = store.position().base();
            assertThat(reached).as("seed %d step %d", seed, step).isEqualTo(Replay.Progress.REACHED);
            state = new KeyedState(store, ALL, CACHE_BYTES);
        }

        /** What a new machine would restore, and the delta that would come next on top of it. */
        private void compareMirror() {
            InMemoryStateStore restored = new InMemoryStateStore();
            List<StateChange> rows = new ArrayList<>();
            try (RowCursor all = mirror.scan(new byte[0])) {
                while (all.advance()) {
                    rows.add(StateChange.put(all.row(), all.value()));
                }
            }
            CheckpointId next = CheckpointId.after(newest, new UUID(seed, step));
            restored.apply(rows, new StorePosition(next, 0));
            compare(new KeyedState(restored, ALL, CACHE_BYTES), committed, "restored");
            restored.apply(state.drain(next).changes(), new StorePosition(next, 0));
            compare(new KeyedState(restored, ALL, CACHE_BYTES), live, "restored with the next delta");
        }

        private void compare(KeyedState found, Map<Integer, Model> expected, String what) {
            expected.forEach((key, model) -> {
                Model read = new Model();
                found.enter(key(key));
                read.number = found.state(NUMBER).get();
                read.text = found.state(TEXT).get();
                read.list.addAll(found.state(LIST).toList());
                List<Long> order = new ArrayList<>();
                found.state(BY_NUMBER).keys().forEach(order::add);
                found.state(BY_NUMBER).entries().forEach(e -> read.byNumber.put(e.getKey(), e.getValue()));
                found.state(BY_COLOR)
                        .entries()
                        .forEach(e -> read.byColor.put(e.getKey().name(), e.getValue()));
                boolean empty = found.state(BY_NUMBER).isEmpty();
                found.keep();
                assertThat(read.toString())
                        .as("%s, seed %d step %d key %d", what, seed, step, key)
                        .isEqualTo(model.toString());
                assertThat(order).containsExactlyElementsOf(model.byNumber.keySet());
                assertThat(empty).isEqualTo(model.byNumber.isEmpty());
            });
        }

        private static byte[] key(int key) {
            return new byte[] {(byte) key};
        }
    }
}
