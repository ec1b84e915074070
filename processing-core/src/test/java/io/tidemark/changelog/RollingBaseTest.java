package io.tidemark.changelog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.MapState;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.changelog.RollingBase.Slice;
import io.tidemark.codec.RawCodecs;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.KeyedState;
import io.tidemark.state.StateChange;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.BaseProgress.Round;
import io.tidemark.stream.CheckpointId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RollingBaseTest {

    private static final StateDescriptor<ValueState<Long>> TOTAL = StateDescriptor.value("total", RawCodecs.LONG);
    private static final StateDescriptor<MapState<Long, Long>> SIZES =
            StateDescriptor.map("sizes", RawCodecs.LONG, RawCodecs.LONG);

    private final InMemoryStateStore store = new InMemoryStateStore();
    private final KeyedState state = new KeyedState(store, List.of(TOTAL, SIZES), 1 << 20);
    private final RollingBase rolling = new RollingBase(new BaseSettings(100, 50, 100));
    private long checkpoint;

    @Test
    void shouldBeginOnceTheLogHasOutgrownItsBase() {
        set("a", 1);
        commit();
        state.fold();
        assertThat(rolling.next(store, state, new BaseProgress(99, 0, null), 10))
                .isNull();
        assertThat(rolling.next(store, state, new BaseProgress(100, 0, null), 10))
                .isNotNull();
        assertThat(rolling.next(store, state, new BaseProgress(399, 150, null), 10))
                .isNull();
        assertThat(rolling.next(store, state, new BaseProgress(400, 150, null), 10))
                .isNotNull();
        assertThat(rolling.next(store, state, BaseProgress.lost(), 10)).isNotNull();
    }

    @Test
    void shouldBeginOnlyWhenTheStoreHoldsAllThatIsCommitted() {
        set("a", 1);
        commit();
        assertThat(rolling.next(store, state, BaseProgress.lost(), 10)).isNull();
        state.fold();
        assertThat(rolling.next(store, state, BaseProgress.lost(), 10)).isNotNull();
    }

    /** Until it has a base again the local store is the only copy. */
    @Test
    void shouldHurryWhileTheLogHasLostItsBase() {
        for (int i = 0; i < 400; i++) {
            set("key" + i, i);
        }
        commit();
        state.fold();

        long lost = RollingBase.cost(
                rolling.next(store, state, BaseProgress.lost(), 1).rows());
        long overdue = RollingBase.cost(rolling.next(store, state, new BaseProgress(1L << 40, 0, null), 1)
                .rows());

        assertThat(lost).isGreaterThan(8 * overdue);
    }

    @Test
    void shouldGoOverAllRowsInSlicesOfTheWantedSize() {
        for (int i = 0; i < 40; i++) {
            set("key" + i, i);
        }
        commit();
        state.fold();
        BaseProgress progress = new BaseProgress(1L << 40, 0, null);
        List<StateChange> all = new ArrayList<>();
        int slices = 0;
        byte[] covered = new byte[0];
        while (true) {
            Slice slice = rolling.next(store, state, progress, 60);
            assertThat(slice.stretch().from()).isEqualTo(covered);
            covered = slice.stretch().to();
            all.addAll(slice.rows());
            slices++;
            if (slice.stretch().last()) {
                break;
            }
            assertThat(RollingBase.cost(slice.rows()))
                    .as("twice the delta, and a row more at most")
                    .isBetween(120L, 120L + 56);
            progress = new BaseProgress(0, 0, slice.round().startedAt(7));
        }
        assertThat(slices).isGreaterThan(3);
        assertThat(all).hasSize(40);
        InMemoryStateStore restored = new InMemoryStateStore();
        restored.apply(all, null);
        KeyedState read = new KeyedState(restored, List.of(TOTAL, SIZES), 1 << 20);
        for (int i = 0; i < 40; i++) {
            read.enter(("key" + i).getBytes(UTF_8));
            assertThat(read.state(TOTAL).get()).isEqualTo(i);
            read.keep();
        }
    }

    @Test
    void shouldLeaveOutWhatIsReplacedByWhatTheStoreDoesNotHaveYet() {
        set("a", 1);
        set("b", 2);
        put("c", 1, 10);
        put("c", 2, 20);
        put("d", 1, 30);
        commit();
        state.fold();
        BaseProgress begun = new BaseProgress(0, 0, new Round(3, new byte[0], store.lastRow(), 0, 0));
        set("a", 100);
        put("c", 2, 200);
        state.enter("d".getBytes(UTF_8));
        state.state(SIZES).clear();
        state.keep();
        commit();
        // a change that is only dirty is the next delta's matter
        set("b", 200);

        Slice slice = rolling.next(store, state, begun, 1_000);

        assertThat(slice.stretch().last()).isTrue();
        InMemoryStateStore rows = new InMemoryStateStore();
        rows.apply(slice.rows(), null);
        KeyedState read = new KeyedState(rows, List.of(TOTAL, SIZES), 1 << 20);
        assertThat(total(read, "a")).isNull();
        assertThat(total(read, "b")).isEqualTo(2);
        assertThat(size(read, "c", 1)).isEqualTo(10);
        assertThat(size(read, "c", 2)).isNull();
        assertThat(size(read, "d", 1)).isNull();
    }

    @Test
    void shouldWaitForChangesThatBelongToNoCell() {
        set("a", 1);
        commit();
        state.fold();
        BaseProgress begun = new BaseProgress(0, 0, new Round(3, new byte[0], store.lastRow(), 0, 0));
        state.addChange(StateChange.put(new byte[] {0, 1, 'x'}, new byte[] {1}));
        commit();
        assertThat(rolling.next(store, state, begun, 10)).isNull();
        state.fold();
        assertThat(rolling.next(store, state, begun, 10)).isNotNull();
    }

    @Test
    void shouldHaveABaseOfNothing() {
        commit();
        state.fold();
        Slice slice = rolling.next(store, state, BaseProgress.lost(), 10);
        assertThat(slice.rows()).isEmpty();
        assertThat(slice.stretch().last()).isTrue();
    }

    @Test
    void shouldNotStopAtARowTooLongToRemember() {
        for (String key : List.of("a", "b", "c", "d")) {
            set(key.repeat(5_000), 1);
        }
        set("short", 2);
        commit();
        state.fold();
        BaseProgress progress = BaseProgress.lost();
        List<StateChange> all = new ArrayList<>();
        for (int slices = 1; ; slices++) {
            Slice slice = rolling.next(store, state, progress, 10);
            all.addAll(slice.rows());
            assertThat(slice.stretch().to().length).isLessThanOrEqualTo(4_096);
            if (slice.stretch().last()) {
                assertThat(slices).isGreaterThan(2);
                break;
            }
            progress = new BaseProgress(0, 0, slice.round().startedAt(7));
        }
        assertThat(all).hasSize(5);
        InMemoryStateStore restored = new InMemoryStateStore();
        restored.apply(all, null);
        assertThat(total(new KeyedState(restored, List.of(TOTAL, SIZES), 1 << 20), "d".repeat(5_000)))
                .isEqualTo(1);
    }

    private void set(String key, long value) {
        state.enter(key.getBytes(UTF_8));
        state.state(TOTAL).set(value);
        state.keep();
    }

    private void put(String key, long mapKey, long value) {
        state.enter(key.getBytes(UTF_8));
        state.state(SIZES).put(mapKey, value);
        state.keep();
    }

    private static Long total(KeyedState of, String key) {
        of.enter(key.getBytes(UTF_8));
        Long total = of.state(TOTAL).get();
        of.keep();
        return total;
    }

    private static Long size(KeyedState of, String key, long mapKey) {
        of.enter(key.getBytes(UTF_8));
        Long size = of.state(SIZES).get(mapKey);
        of.keep();
        return size;
    }

    private void commit() {
        CheckpointId id = new CheckpointId(0, checkpoint++, new UUID(1, checkpoint));
        state.committed(state.drain(id), new StorePosition(id, checkpoint));
    }
}
