package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.RawCodecs;
import io.tidemark.stream.CheckpointId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A random program over keyed state beside a plain map: records kept and undone, attempts committed and discarded, folds, restarts. */
class KeyedStateRandomTest {

    private static final StateDescriptor<Long> A = StateDescriptor.value("a", RawCodecs.LONG);
    private static final StateDescriptor<String> B = StateDescriptor.value("b", RawCodecs.STRING);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void shouldAlwaysEqualThePlainMap(long seed) {
        Random random = new Random(seed);
        InMemoryStateStore store = new InMemoryStateStore();
        KeyedState state = new KeyedState(store, List.of(A, B), 5);
        Map<String, Object> live = new HashMap<>();
        Map<String, Object> committed = new HashMap<>();
        Map<String, Object> folded = new HashMap<>();
        long number = 0;
        for (int step = 0; step < 4000; step++) {
            int dice = random.nextInt(100);
            if (dice < 80) {
                record(random, state, live);
            } else if (dice < 88) {
                state.committed(
                        state.drain(), new StorePosition(new CheckpointId(0, number, new UUID(0, number)), ++number));
                committed = new HashMap<>(live);
            } else if (dice < 92) {
                state.drain();
                state.discard();
                live = new HashMap<>(committed);
            } else if (dice < 96) {
                state.fold();
                folded = new HashMap<>(committed);
            } else if (dice < 98) {
                state.trim();
            } else {
                // a crash: only the store is left, and the log would bring the rest; here the rest is gone
                state = new KeyedState(store, List.of(A, B), 5);
                live = new HashMap<>(folded);
                committed = new HashMap<>(folded);
            }
            verify(state, live, seed, step);
        }
    }

    private static void record(Random random, KeyedState state, Map<String, Object> live) {
        ValueState<Long> a = state.value(A);
        ValueState<String> b = state.value(B);
        int key = random.nextInt(12);
        Map<String, Object> changed = new HashMap<>(live);
        state.enter(new byte[] {(byte) key});
        for (int i = random.nextInt(4); i >= 0; i--) {
            switch (random.nextInt(5)) {
                case 0 -> {
                    long value = random.nextLong();
                    a.set(value);
                    changed.put("a" + key, value);
                }
                case 1 -> {
                    String value = "v" + random.nextInt();
                    b.set(value);
                    changed.put("b" + key, value);
                }
                case 2 -> {
                    a.clear();
                    changed.remove("a" + key);
                }
                case 3 -> assertThat(a.get()).isEqualTo(changed.get("a" + key));
                default -> assertThat(b.get()).isEqualTo(changed.get("b" + key));
            }
        }
        if (random.nextInt(5) == 0) {
            state.undo();
        } else {
            state.keep();
            live.clear();
            live.putAll(changed);
        }
    }

    private static void verify(KeyedState state, Map<String, Object> live, long seed, int step) {
        ValueState<Long> a = state.value(A);
        ValueState<String> b = state.value(B);
        for (int key = 0; key < 12; key++) {
            state.enter(new byte[] {(byte) key});
            assertThat(a.get()).as("seed %d step %d key %d", seed, step, key).isEqualTo(live.get("a" + key));
            assertThat(b.get()).as("seed %d step %d key %d", seed, step, key).isEqualTo(live.get("b" + key));
            state.keep();
        }
    }
}
