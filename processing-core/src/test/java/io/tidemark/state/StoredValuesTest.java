package io.tidemark.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.ObjectCodec;
import io.tidemark.codec.RawCodecs;
import io.tidemark.codec.StateCodecs;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.stream.CheckpointId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whether what is set is what is stored, and what is stored about it. */
class StoredValuesTest {

    static class Cart {
        private List<String> items = new ArrayList<>();
        private Part part = new Part();
    }

    static class Part {
        private int n;
    }

    static class Special extends Part {
        private int more;
    }

    /** Says that it equals what other bytes stand for. */
    record Loose(String text) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Loose that && text.equalsIgnoreCase(that.text);
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    private static final StateDescriptor<ValueState<Cart>> CART =
            StateDescriptor.value("cart", ObjectCodec.<Cart>of(Cart.class));
    private static final StateDescriptor<ListState<Cart>> CARTS =
            StateDescriptor.list("carts", ObjectCodec.<Cart>of(Cart.class));
    private static final StateDescriptor<MapState<Loose, Long>> BY_NAME =
            StateDescriptor.map("by-name", looseKeys(), RawCodecs.LONG);

    @SuppressWarnings("unchecked") // the codec is the type's own
    private static StateCodec<Loose> looseKeys() {
        return (StateCodec<Loose>) StateCodecs.forMapKey(Loose.class);
    }

    private final InMemoryStateStore store = new InMemoryStateStore();
    private final KeyedState state = new KeyedState(store, List.of(CART, CARTS, BY_NAME), 1000);
    private final ValueState<Cart> cart = state.state(CART);
    private final ListState<Cart> carts = state.state(CARTS);
    private final MapState<Loose, Long> byName = state.state(BY_NAME);
    private long checkpoints;

    /** Two keys whose bytes differ are two entries, whatever they say of each other: after a restart there is nothing else to go by. */
    @Test
    void shouldTellMapKeysApartByTheirBytes() {
        record(() -> {
            byName.put(new Loose("a"), 1L);
            byName.put(new Loose("A"), 2L);
        });
        commit();

        state.enter(key());
        assertThat(byName.get(new Loose("a"))).isEqualTo(1);
        assertThat(byName.get(new Loose("A"))).isEqualTo(2);
        List<String> texts = new ArrayList<>();
        byName.keys().forEach(each -> texts.add(each.text()));
        assertThat(texts).containsExactly("A", "a");
        state.keep();
    }

    // ---- what is stored about a state

    @Test
    void shouldStoreWhatAStateIsWithItsFirstValue() {
        StateChange schema = StateChange.put(new byte[] {1}, new byte[] {2});
        state.describeOnFirstWrite("cart", List.of(schema));
        record(cart::clear);
        record(() -> carts.add(new Cart()));

        assertThat(state.drain(id(0)).changes()).doesNotContain(schema);
        assertThat(state.drain(id(0)).describesStates()).isFalse();

        record(() -> cart.set(new Cart()));
        assertThat(state.drain(id(0)).changes()).contains(schema);
        assertThat(state.drain(id(0)).describesStates()).isTrue();
    }

    /** The attempt came to nothing: what it would have stored is stored with the next one. */
    @Test
    void shouldStoreItAgainAfterAnAttemptThatCameToNothing() {
        StateChange schema = StateChange.put(new byte[] {1}, new byte[] {2});
        state.describeOnFirstWrite("cart", List.of(schema));
        record(() -> cart.set(new Cart()));
        state.drain(id(0));
        state.discard();

        record(() -> cart.set(new Cart()));
        Drained drained = state.drain(id(0));
        assertThat(drained.changes()).contains(schema);
        state.committed(drained, position(0));
        record(() -> cart.set(new Cart()));
        assertThat(state.drain(id(1)).changes()).as("once").doesNotContain(schema);
    }

    // ---- values that would not come back

    @Test
    void shouldFailTheRecordOfAFirstValueThatWouldNotComeBack() {
        state.enter(key());
        Cart wrong = new Cart();
        wrong.part = new Special();

        assertThatThrownBy(() -> cart.set(wrong))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("state 'cart'")
                .hasMessageContaining("Special stands where");
        assertThat(state.takeFailure()).as("whatever the handler makes of it").isNotNull();
        state.undo();
        assertThat(state.isDirty()).isFalse();
    }

    /** The first of its class was fine; this one shows itself at the checkpoint, and the next time in its own record. */
    @Test
    void shouldFindTheRecordOfALaterValueOnceACheckpointHasFailedForIt() {
        record(() -> cart.set(new Cart()));
        record(() -> carts.add(new Cart()));
        Cart wrong = new Cart();
        wrong.part = new Special();
        record(() -> cart.set(wrong));
        assertThatThrownBy(() -> state.drain(id(0))).isInstanceOf(ProcessorFailed.class);
        state.verifyNext(200);
        state.discard();

        record(() -> cart.set(new Cart()));
        for (int attempt = 0; attempt < 3; attempt++) {
            state.enter(key());
            cart.set(wrong);
            assertThatThrownBy(state::verify)
                    .isInstanceOf(ProcessorFailed.class)
                    .hasMessageContaining("Special stands where");
            state.undo();
            commit(); // of its neighbours, between its attempts
        }
        state.enter(key());
        carts.add(wrong);
        assertThatThrownBy(state::verify).hasMessageContaining("state 'carts'");
        state.undo();
    }

    // ---- values that are changed in place

    @Test
    void shouldFindAValueThatIsChangedAfterItWasSet() {
        state.verifyEveryWrite();
        Cart mine = new Cart();

        state.enter(key());
        cart.set(mine);
        mine.items.add("later");
        assertThatThrownBy(state::verify).hasMessageContaining("changed in place");
        state.undo();
    }

    @Test
    void shouldFindAValueThatIsChangedAndSetAgain() {
        state.verifyEveryWrite();
        record(() -> cart.set(new Cart()));

        state.enter(key());
        Cart same = cart.get();
        same.items.add("in place");
        cart.set(same);
        assertThatThrownBy(state::verify).hasMessageContaining("changed in place");
        state.undo();
    }

    /** Somebody kept the object and changed it in another record. */
    @Test
    void shouldFindAValueThatWasChangedBetweenRecords() {
        state.verifyEveryWrite();
        Cart kept = new Cart();
        record(() -> cart.set(kept));
        kept.items.add("between");

        state.enter(key());
        cart.get();
        assertThatThrownBy(state::verify).hasMessageContaining("changed in place");
        state.undo();
    }

    @Test
    void shouldLetValuesAloneThatAreReplaced() {
        state.verifyEveryWrite();
        for (int i = 0; i < 3; i++) {
            int n = i;
            assertThatCode(() -> record(() -> {
                        Cart next = new Cart();
                        next.items.add("n" + n);
                        cart.get();
                        cart.set(next);
                        carts.add(next);
                    }))
                    .doesNotThrowAnyException();
            commit();
        }
    }

    private void record(Runnable handler) {
        state.enter(key());
        handler.run();
        state.verify();
        state.keep();
    }

    private void commit() {
        state.committed(state.drain(id(checkpoints)), position(checkpoints));
        checkpoints++;
        state.fold();
    }

    private static CheckpointId id(long number) {
        return new CheckpointId(0, number, new UUID(0, number));
    }

    private static StorePosition position(long number) {
        return new StorePosition(id(number), number + 1);
    }

    private static byte[] key() {
        return "k".getBytes(UTF_8);
    }
}
