package io.tidemark.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.RawCodecs;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.stream.CheckpointId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class KeyedStateTest {

    private static final StateDescriptor<Long> TOTAL = StateDescriptor.value("total", RawCodecs.LONG);

    private final InMemoryStateStore store = new InMemoryStateStore();
    private final KeyedState state = new KeyedState(store, List.of(TOTAL), 1000);
    private final ValueState<Long> total = state.value(TOTAL);
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
        assertThat(state.drain().changes()).hasSize(1);
    }

    @Test
    void shouldNotBeDirtyAfterUndoOfTheOnlyChange() {
        state.enter(key("a"));
        total.set(2L);
        state.undo();

        assertThat(state.isDirty()).isFalse();
        assertThat(state.drain().changes()).isEmpty();
        assertThat(read("a")).isNull();
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
        state.drain();
        state.fold();

        assertThat(store.approximateRows()).isZero();
        assertThat(store.position()).isNull();
    }

    @Test
    void shouldKeepTheReadCacheInsideItsLimitWithoutForgettingPendingValues() {
        // given a limit of 10 and 50 keys, the last 5 pending
        KeyedState small = new KeyedState(store, List.of(TOTAL), 10);
        ValueState<Long> value = small.value(TOTAL);
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
    void shouldRefuseAnUndeclaredState() {
        assertThatThrownBy(() -> state.value(StateDescriptor.value("other", RawCodecs.LONG)))
                .hasMessageContaining("other")
                .hasMessageContaining("total");
        assertThatThrownBy(() -> StateDescriptor.value("1bad name", RawCodecs.LONG))
                .isInstanceOf(IllegalArgumentException.class);
        state.enter(key("a"));
        assertThatThrownBy(() -> total.set(null)).isInstanceOf(IllegalArgumentException.class);
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
        of.committed(of.drain(), position(checkpoints++));
    }

    private static StorePosition position(long number) {
        return new StorePosition(new CheckpointId(0, number, new UUID(0, number)), number + 1);
    }

    private static byte[] key(String key) {
        return key.getBytes(UTF_8);
    }
}
