package io.tidemark.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.RawCodecs;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.stream.CheckpointId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class KeyedStateTest {

    private static final StateDescriptor<ValueState<Long>> TOTAL = StateDescriptor.value("total", RawCodecs.LONG);

    private static final StateDescriptor<ListState<String>> NAMES = StateDescriptor.list("names", RawCodecs.STRING);
    private static final StateDescriptor<MapState<Long, String>> BY_SIZE =
            StateDescriptor.map("by-size", RawCodecs.LONG, RawCodecs.STRING);
    private final InMemoryStateStore store = new InMemoryStateStore();
    private final KeyedState state = new KeyedState(store, List.of(TOTAL, NAMES, BY_SIZE), 1000);
    private final ListState<String> names = state.state(NAMES);
    private final MapState<Long, String> bySize = state.state(BY_SIZE);
    private final ValueState<Long> total = state.state(TOTAL);
    private long checkpoints;

    @Test
    void shouldShowChangesOfTheSameRecordAtOnce() {
        state.enter(key("a"));

        assertThat(total.isEmpty()).isTrue();
        assertThat(total.update(() -> 0L, n -> n + 5)).isEqualTo(5);
        assertThat(total.get()).isEqualTo(5);
        assertThat(total.take()).isEqualTo(5);
        assertThat(total.getOr(7L)).isEqualTo(7);
    }

    @Test
    void shouldUndoOneRecordOnly() {
        // given
        record("a", () -> total.set(1L));
        state.enter(key("a"));
        total.set(2L);
        total.clear();

        // when
        state.undo();

        // then
        assertThat(read("a")).isEqualTo(1);
        assertThat(state.drain(id(checkpoints)).changes()).hasSize(1);
    }

    @Test
    void shouldNotBeDirtyAfterUndoOfTheOnlyChange() {
        state.enter(key("a"));
        total.set(2L);
        state.undo();

        assertThat(state.isDirty()).isFalse();
        assertThat(state.drain(id(checkpoints)).changes()).isEmpty();
        assertThat(read("a")).isNull();
    }

    /** Committed bytes are kept in one array; neither the codec's own nor what went to the store may change with it. */
    @Test
    void shouldNeverWriteIntoBytesOfTheCodecOrOfTheStore() {
        // given a codec that gives out one array for each value
        byte[] one = {1};
        byte[] two = {2};
        StateDescriptor<ValueState<Boolean>> descriptor = StateDescriptor.value("flag", new StateCodec<Boolean>() {
            @Override
            public String id() {
                return "shared";
            }

            @Override
            public String schema() {
                return "";
            }

            @Override
            public byte[] encode(Boolean value) {
                return value ? two : one;
            }

            @Override
            public Boolean decode(byte[] bytes) {
                return bytes[0] == 2;
            }
        });
        InMemoryStateStore rows = new InMemoryStateStore();
        KeyedState flags = new KeyedState(rows, List.of(descriptor), 1000);
        ValueState<Boolean> flag = flags.state(descriptor);

        // when it is false and folded, true and false again without a fold
        for (boolean value : new boolean[] {false, true, false, true}) {
            flags.enter(key("a"));
            flag.set(value);
            flags.keep();
            commit(flags);
            if (checkpoints == 1) {
                flags.fold();
            }
        }

        // then
        assertThat(one).containsExactly(1);
        assertThat(two).containsExactly(2);
        byte[] row = rows.lastRow();
        assertThat(row).isNotNull();
        assertThat(rows.get(row)).containsExactly(1);
        flags.fold();
        assertThat(rows.get(row)).containsExactly(2);
    }

    @Test
    void shouldNeverWriteIntoBytesThatACodecKeptWhenItDecodedThem() {
        // given a codec that makes nothing of its bytes, and an attempt that fell back to committed ones
        StateDescriptor<ValueState<byte[]>> descriptor = StateDescriptor.value("bytes", new StateCodec<byte[]>() {
            @Override
            public String id() {
                return "same";
            }

            @Override
            public String schema() {
                return "";
            }

            @Override
            public byte[] encode(byte[] value) {
                return value;
            }

            @Override
            public byte[] decode(byte[] bytes) {
                return bytes;
            }
        });
        KeyedState state = new KeyedState(store, List.of(descriptor), 1000);
        ValueState<byte[]> bytes = state.state(descriptor);
        for (byte value = 1; value <= 2; value++) {
            state.enter(key("a"));
            bytes.set(new byte[] {value});
            state.keep();
            if (value == 1) {
                commit(state);
            }
        }
        state.discard();
        state.enter(key("a"));
        byte[] fellBack = bytes.get();
        bytes.set(new byte[] {3});
        state.keep();

        // when
        commit(state);

        // then
        assertThat(fellBack).containsExactly(1);
    }

    @Test
    void shouldFallBackToPendingNotToTheStoreWhenAnAttemptIsDiscarded() {
        // given 1 in the store, 2 committed but pending, 3 dirty
        record("a", () -> total.set(1L));
        commit();
        state.fold();
        record("a", () -> total.set(2L));
        commit();
        record("a", () -> total.set(3L));
        record("b", () -> total.set(9L));

        // when
        state.discard();

        // then
        assertThat(read("a")).isEqualTo(2);
        assertThat(read("b")).isNull();
        assertThat(stored("a")).isEqualTo(1);
    }

    @Test
    void shouldFallBackToAPendingRemoval() {
        // given
        record("a", () -> total.set(1L));
        commit();
        state.fold();
        record("a", total::clear);
        commit();
        record("a", () -> total.set(3L));

        // when
        state.discard();

        // then
        assertThat(read("a")).isNull();
        state.fold();
        assertThat(stored("a")).isNull();
    }

    @Test
    void shouldFoldSeveralCheckpointsIntoOneBatchWithTheNewestPosition() {
        // given
        record("a", () -> total.set(1L));
        record("b", () -> total.set(1L));
        commit();
        record("a", () -> total.set(2L));
        commit();
        record("b", total::clear);
        commit();
        assertThat(store.position()).isNull();

        // when
        state.fold();

        // then
        assertThat(store.position()).isNotNull();
        assertThat(store.position().checkpoint().number()).isEqualTo(2);
        assertThat(stored("a")).isEqualTo(2);
        assertThat(stored("b")).isNull();
        assertThat(state.pendingBytes()).isZero();
    }

    @Test
    void shouldWriteNothingUndecidedToTheStore() {
        record("a", () -> total.set(1L));
        state.drain(id(checkpoints));
        state.fold();

        assertThat(store.approximateRows()).isZero();
        assertThat(store.position()).isNull();
    }

    @Test
    void shouldKeepTheReadCacheInsideItsLimitWithoutForgettingPendingValues() {
        // given room for 10 cells and 50 keys, the last 5 pending
        KeyedState small = new KeyedState(store, List.of(TOTAL), 10 * 200);
        ValueState<Long> value = small.state(TOTAL);
        for (int i = 0; i < 45; i++) {
            small.enter(key("k" + i));
            value.set((long) i);
            small.keep();
        }
        commit(small);
        small.fold();
        for (int i = 45; i < 50; i++) {
            small.enter(key("k" + i));
            value.set((long) i);
            small.keep();
        }
        commit(small);

        // when
        small.trim();

        // then
        assertThat(small.cellCount()).isLessThanOrEqualTo(10);
        for (int i = 0; i < 50; i++) {
            small.enter(key("k" + i));
            assertThat(value.get()).isEqualTo(i);
            small.keep();
        }
    }

    @Test
    void shouldKeepLargeValuesThatAreOnlyReadInsideTheLimitOfTheCache() {
        StateDescriptor<ValueState<byte[]>> profile = StateDescriptor.value("profile", RawCodecs.BYTES);
        KeyedState filling = new KeyedState(store, List.of(TOTAL, profile), Long.MAX_VALUE);
        for (int i = 0; i < 100; i++) {
            filling.enter(key("k" + i));
            filling.state(profile).set(new byte[10_000]);
            filling.keep();
        }
        commit(filling);
        filling.fold();
        // given a processor that writes small values and reads large ones, and room for about 10 of the latter
        KeyedState reading = new KeyedState(store, List.of(TOTAL, profile), 400_000);
        for (int i = 0; i < 100; i++) {
            reading.enter(key("k" + i));
            assertThat(reading.state(profile).get()).hasSize(10_000);
            reading.state(TOTAL).set(1L);
            reading.keep();
        }
        commit(reading);
        reading.fold();
        assertThat(reading.cellCount()).isLessThanOrEqualTo(110);

        // and what went is not counted any more
        for (int i = 0; i < 10; i++) {
            reading.enter(key("k" + i));
            assertThat(reading.state(profile).get()).hasSize(10_000);
            reading.keep();
        }
        reading.trim();
        assertThat(reading.cellCount()).isGreaterThanOrEqualTo(10);
    }

    /** M9: with more keys than room, what is used all the time must not go with the rest, nor all at once. */
    @Test
    void shouldKeepHotValuesWhenColdOnesHaveToGo() {
        int[] reads = {0};
        KeyedState busy = new KeyedState(
                new HeapStore() {
                    @Override
                    public byte[] get(byte[] row) {
                        reads[0]++;
                        return super.get(row);
                    }
                },
                List.of(TOTAL),
                200_000);
        int cold = 0;
        for (int round = 0; round < 200; round++) {
            for (int i = 0; i < 100; i++) {
                use(busy, "cold" + cold++);
            }
            for (int hot = 0; hot < 100; hot++) {
                use(busy, "hot" + hot);
            }
            commit(busy);
            busy.fold();
        }

        assertThat(busy.cellCount())
                .as("no more than there is room for, no less than most of it")
                .isBetween(400, 200_000 / 100);
        assertThat(reads[0])
                .as("once for each cold key, and seldom for a hot one")
                .isLessThan(cold + 300);
    }

    private static void use(KeyedState state, String key) {
        state.enter(key(key));
        state.state(TOTAL).update(() -> 0L, n -> n + 1);
        state.keep();
    }

    @Test
    void shouldWriteThePositionOfCheckpointsWithoutAChange() {
        commit(state);
        assertThat(state.isPending()).isTrue();
        for (int i = 0; i < 10; i++) {
            commit(state);
        }
        state.enter(key("a"));
        total.set(1L);
        state.keep();
        commit(state);
        commit(state);
        state.fold();
        assertThat(state.isPending()).isFalse();
        assertThat(store.position()).isEqualTo(position(checkpoints - 1));
    }

    @Test
    void shouldRefuseAHandleOutsideItsCallOrThread() throws Exception {
        assertThatThrownBy(total::get).isInstanceOf(IllegalStateException.class);

        state.enter(key("a"));
        AtomicReference<Throwable> elsewhere = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                total.get();
            } catch (IllegalStateException e) {
                elsewhere.set(e);
            }
        });
        thread.start();
        thread.join();
        assertThat(elsewhere.get()).isInstanceOf(IllegalStateException.class);
        state.keep();
        assertThatThrownBy(() -> total.set(1L)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldNeverShowAValueInItsText() {
        state.enter(key("secret-key"));
        total.set(424242L);

        assertThat(total.toString()).isEqualTo("ValueState(total)");
        assertThat(Bytes.of(key("secret-key")).toString()).doesNotContain("secret");
    }

    @Test
    void shouldRememberAStorageFailureTheHandlerSwallowed() {
        // given bytes that are no long
        store.apply(List.of(StateChange.put(RowKey.value("total", key("a")), new byte[3])), position(0));
        state.enter(key("a"));

        // when
        assertThatThrownBy(total::get).isInstanceOf(ProcessorFailed.class).hasMessageContaining("'total'");

        // then
        assertThat(state.takeFailure()).isInstanceOf(ProcessorFailed.class);
        assertThat(state.takeFailure()).isNull();
    }

    @Test
    void shouldAppendToAListWithoutReading() {
        // given a store that cannot be read
        StateStore unreadable = new UnreadableStore();
        KeyedState appending = new KeyedState(unreadable, List.of(NAMES), 10);
        ListState<String> names = appending.state(NAMES);
        // when
        for (int i = 0; i < 3; i++) {
            appending.enter(key("a"));
            names.add("n" + i);
            appending.keep();
            appending.committed(appending.drain(id(i)), position(i));
        }
        appending.enter(key("a"));
        names.clear();
        names.add("last");
        appending.keep();
        // then each element is a row of its own, in order, and a clear is one change
        List<StateChange> changes = appending.drain(id(3)).changes();
        assertThat(changes)
                .extracting(StateChange::kind)
                .containsExactly(StateChange.Kind.DELETE_PREFIX, StateChange.Kind.PUT);
        appending.enter(key("a"));
        assertThat(names.toList()).containsExactly("last");
    }

    @Test
    void shouldLetTheOldestGoWithoutWritingTheListAnew() {
        for (int i = 0; i < 5; i++) {
            String element = "n" + i;
            record("a", () -> names.addBounded(3, element));
            commit();
            if (i % 2 == 0) {
                state.fold();
                state.trim(0);
            }
        }
        record("a", () -> assertThat(names.toList()).containsExactly("n2", "n3", "n4"));
        // one that goes and one that comes
        record("a", () -> names.addBounded(3, "n5"));
        assertThat(state.drain(id(9)).changes())
                .extracting(StateChange::kind)
                .containsExactly(StateChange.Kind.DELETE, StateChange.Kind.PUT);
        // more than a checkpoint has, and more than it is to have from now on
        record("a", () -> {
            for (int i = 6; i < 20; i++) {
                names.addBounded(3, "n" + i);
            }
            names.addBounded(2, "last");
            assertThat(names.toList()).containsExactly("n19", "last");
        });
        assertThat(state.drain(id(9)).changes()).hasSize(3 + 2);
        commit();
        state.fold();
        record("a", () -> assertThat(names.toList()).containsExactly("n19", "last"));
        // what is put back, and what is cleared
        state.enter(key("a"));
        names.addBounded(1, "gone");
        assertThat(names.toList()).containsExactly("gone");
        state.undo();
        record("a", () -> {
            assertThat(names.toList()).containsExactly("n19", "last");
            names.clear();
            names.addBounded(1, "first");
            names.addBounded(1, "second");
            assertThat(names.toList()).containsExactly("second");
        });
        commit();
        record("a", () -> {
            names.addBounded(2, "third");
            names.addBounded(2, "fourth");
            assertThat(names.toList()).containsExactly("third", "fourth");
            assertThatThrownBy(() -> names.addBounded(0, "x")).isInstanceOf(IllegalArgumentException.class);
        });
    }

    @Test
    void shouldWalkAMapInKeyOrderAsItWasWhenTheWalkBegan() {
        // given entries in the store, pending and dirty
        record("a", () -> bySize.put(3L, "three"));
        record("a", () -> bySize.put(-1L, "minus one"));
        commit();
        state.fold();
        state.trim();
        record("a", () -> bySize.put(2L, "two"));
        commit();
        // when it is changed on the way
        state.enter(key("a"));
        bySize.put(1L, "one");
        bySize.remove(3L);
        List<String> seen = new ArrayList<>();
        for (Map.Entry<Long, String> entry : bySize.entries()) {
            seen.add(entry.getKey() + "=" + entry.getValue());
            bySize.put(9L, "nine");
            bySize.remove(2L);
        }
        // then
        assertThat(seen).containsExactly("-1=minus one", "1=one", "2=two");
        assertThat(bySize.keys()).containsExactly(-1L, 1L, 9L);
    }

    @Test
    void shouldChangeSingleEntriesByWhatTheyAre() {
        record("a", () -> {
            assertThat(bySize.update(1L, () -> "", text -> text + "x")).isEqualTo("x");
            assertThat(bySize.update(1L, () -> "", text -> text + "y")).isEqualTo("xy");
            assertThat(bySize.computeIfAbsent(2L, size -> "made " + size)).isEqualTo("made 2");
            assertThat(bySize.computeIfAbsent(2L, size -> "made again")).isEqualTo("made 2");
        });
        commit();
        state.enter(key("a"));
        assertThat(bySize.take(1L)).isEqualTo("xy");
        assertThat(bySize.take(1L)).isNull();
        assertThat(bySize.getOr(1L, () -> "none")).isEqualTo("none");
        state.undo();
        record("a", () -> assertThat(bySize.get(1L)).isEqualTo("xy"));
    }

    /** What was asked for while the map was cleared is asked for again once the clear never happened. */
    @Test
    void shouldShowStoredEntriesAgainWhenAClearIsUndone() {
        record("a", () -> bySize.put(1L, "one"));
        commit();
        state.fold();
        KeyedState fresh = new KeyedState(store, List.of(TOTAL, NAMES, BY_SIZE), 1000);
        MapState<Long, String> map = fresh.state(BY_SIZE);
        fresh.enter(key("a"));
        map.clear();
        assertThat(map.get(1L)).isNull();
        map.put(2L, "two");
        fresh.undo();
        fresh.enter(key("a"));
        assertThat(map.get(1L)).isEqualTo("one");
        assertThat(map.get(2L)).isNull();
        map.clear();
        assertThat(map.get(1L)).isNull();
        fresh.keep();
        fresh.discard();
        fresh.enter(key("a"));
        assertThat(map.get(1L)).isEqualTo("one");
    }

    @Test
    void shouldCloseWalksWithTheRecordAndRefuseThemAfterwards() {
        record("a", () -> {
            names.add("x");
            bySize.put(1L, "one");
        });
        state.enter(key("a"));
        Iterator<String> list = names.iterator();
        Iterator<Long> map = bySize.keys().iterator();
        state.keep();
        assertThatThrownBy(list::hasNext).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(map::next).isInstanceOf(IllegalStateException.class);
        state.enter(key("a"));
        assertThatThrownBy(list::next).hasMessageContaining("valid only inside the handler call");
        assertThatThrownBy(map::hasNext).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldNotBeFooledByAnArrayThatChangesAfterItWasAMapKey() {
        StateDescriptor<MapState<byte[], String>> byBytes =
                StateDescriptor.map("by-bytes", RawCodecs.BYTES, RawCodecs.STRING);
        KeyedState arrays = new KeyedState(store, List.of(byBytes), 10);
        MapState<byte[], String> map = arrays.state(byBytes);
        arrays.enter(key("a"));
        byte[] mapKey = {1, 2};
        map.put(mapKey, "x");
        mapKey[0] = 9;
        assertThat(map.get(new byte[] {1, 2})).isEqualTo("x");
        assertThat(map.get(mapKey)).isNull();
        assertThat(map.keys()).singleElement().isEqualTo(new byte[] {1, 2});
    }

    @Test
    void shouldEstimateWhatAnyStateWillWrite() {
        record("a", () -> {
            for (int i = 0; i < 100; i++) {
                names.add("n" + i);
            }
        });
        assertThat(state.estimatedDirtyBytes()).isGreaterThan(100 * 10);
        state.enter(key("a"));
        names.add("gone");
        state.undo();
        assertThat(state.drain(id(checkpoints)).changes()).hasSize(100);
    }

    @Test
    void shouldRefuseAnUndeclaredState() {
        assertThatThrownBy(() -> state.state(StateDescriptor.value("other", RawCodecs.LONG)))
                .hasMessageContaining("other")
                .hasMessageContaining("total");
        assertThatThrownBy(() -> StateDescriptor.value("1bad name", RawCodecs.LONG))
                .isInstanceOf(IllegalArgumentException.class);
        state.enter(key("a"));
        assertThatThrownBy(() -> total.set(null)).isInstanceOf(IllegalArgumentException.class);
    }

    private static final class UnreadableStore extends HeapStore {

        @Override
        public byte[] get(byte[] row) {
            throw new AssertionError("nothing is to be read");
        }

        @Override
        public RowCursor scan(byte[] prefix) {
            throw new AssertionError("nothing is to be read");
        }

        @Override
        public RowCursor range(byte[] from, byte[] to) {
            throw new AssertionError("nothing is to be read");
        }
    }

    private void record(String key, Runnable handler) {
        state.enter(key(key));
        handler.run();
        state.keep();
    }

    private Long read(String key) {
        state.enter(key(key));
        Long value = total.get();
        state.keep();
        return value;
    }

    private Long stored(String key) {
        byte[] value = store.get(RowKey.value("total", key(key)));
        return value == null ? null : RawCodecs.LONG.decode(value);
    }

    private void commit() {
        commit(state);
    }

    private void commit(KeyedState of) {
        of.committed(of.drain(id(checkpoints)), position(checkpoints++));
    }

    private static CheckpointId id(long number) {
        return new CheckpointId(0, number, new UUID(0, number));
    }

    private static StorePosition position(long number) {
        return new StorePosition(id(number), number + 1);
    }

    private static byte[] key(String key) {
        return key.getBytes(UTF_8);
    }
}
