package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every store promises; each implementation extends it. */
public abstract class StateStoreContract {

    protected static final TaskId TASK = new TaskId("orders", 3);

    protected abstract StateStores stores();

    @Test
    void shouldHoldNothingWhenNew() {
        try (StateStore store = stores().open(TASK)) {
            assertThat(store.position()).isNull();
            assertThat(store.get(row(1))).isNull();
            assertThat(rows(store, new byte[0])).isEmpty();
        }
    }

    @Test
    void shouldApplyChangesInOrderTogetherWithThePosition() {
        try (StateStore store = stores().open(TASK)) {
            store.apply(
                    List.of(
                            StateChange.put(row(1), new byte[] {1}),
                            StateChange.put(row(1), new byte[] {2}),
                            StateChange.put(row(2), new byte[0]),
                            StateChange.put(row(3), new byte[] {3}),
                            StateChange.delete(row(3))),
                    position(7));

            assertThat(store.get(row(1))).containsExactly(2);
            assertThat(store.get(row(2))).isEmpty();
            assertThat(store.get(row(3))).isNull();
            assertThat(store.position()).isEqualTo(position(7));
        }
    }

    @Test
    void shouldScanAPrefixInUnsignedOrder() {
        try (StateStore store = stores().open(TASK)) {
            store.apply(
                    List.of(
                            StateChange.put(new byte[] {5, (byte) 0xFF}, new byte[] {4}),
                            StateChange.put(new byte[] {5, 0x7F}, new byte[] {3}),
                            StateChange.put(new byte[] {5}, new byte[] {2}),
                            StateChange.put(new byte[] {4, (byte) 0xFF}, new byte[] {1}),
                            StateChange.put(new byte[] {6}, new byte[] {5})),
                    position(1));

            assertThat(rows(store, new byte[] {5}))
                    .extracting(value -> value[0])
                    .containsExactly((byte) 2, (byte) 3, (byte) 4);
        }
    }

    @Test
    void shouldWalkARangeWithoutItsBeginningAndWithItsEnd() {
        try (StateStore store = stores().open(TASK)) {
            assertThat(store.lastRow()).isNull();
            store.apply(
                    List.of(
                            StateChange.put(new byte[] {5}, new byte[] {1}),
                            StateChange.put(new byte[] {5, 0}, new byte[] {2}),
                            StateChange.put(new byte[] {5, (byte) 0xFF}, new byte[] {3}),
                            StateChange.put(new byte[] {6}, new byte[] {4}),
                            StateChange.put(new byte[] {6, 0}, new byte[] {5})),
                    position(1));
            assertThat(range(store, new byte[] {5}, new byte[] {6})).containsExactly(2, 3, 4);
            assertThat(range(store, new byte[] {4}, new byte[] {5})).containsExactly(1);
            assertThat(range(store, new byte[] {6}, new byte[] {6})).isEmpty();
            assertThat(range(store, new byte[] {7}, new byte[] {6})).isEmpty();
            assertThat(store.lastRow()).containsExactly(6, 0);
        }
    }

    private static List<Integer> range(StateStore store, byte[] from, byte[] to) {
        List<Integer> values = new ArrayList<>();
        try (RowCursor rows = store.range(from, to)) {
            while (rows.advance()) {
                values.add((int) rows.value()[0]);
            }
        }
        return values;
    }

    @Test
    void shouldHoldNoCheckpointWhileRowsAreMissing() {
        StateStores all = stores();
        try (StateStore store = all.open(TASK)) {
            store.apply(List.of(StateChange.put(row(1), new byte[] {1})), null);
            assertThat(store.position()).isNull();
            assertThat(store.lastRow()).isNotNull();
        }
        all.discard(TASK);
        try (StateStore store = all.open(TASK)) {
            assertThat(store.position()).isNull();
            assertThat(store.lastRow()).isNull();
            store.apply(List.of(StateChange.put(row(1), new byte[] {1})), null);
            store.apply(List.of(StateChange.put(row(2), new byte[] {2})), position(3));
            assertThat(store.position()).isEqualTo(position(3));
            assertThat(store.get(row(1))).containsExactly(1);
        }
    }

    @Test
    void shouldDeleteAPrefixAndNothingElse() {
        try (StateStore store = stores().open(TASK)) {
            store.apply(
                    List.of(
                            StateChange.put(new byte[] {5, 1}, new byte[] {1}),
                            StateChange.put(new byte[] {5, (byte) 0xFF}, new byte[] {1}),
                            StateChange.put(new byte[] {6}, new byte[] {9})),
                    position(1));
            store.apply(
                    List.of(StateChange.deletePrefix(new byte[] {5}), StateChange.put(new byte[] {5, 2}, new byte[] {7
                    })),
                    position(2));

            assertThat(rows(store, new byte[] {5})).hasSize(1);
            assertThat(store.get(new byte[] {6})).containsExactly(9);
        }
    }

    @Test
    void shouldEqualAPlainMapUnderARandomProgram() {
        Random random = new Random(42);
        TreeMap<Integer, Integer> model = new TreeMap<>();
        try (StateStore store = stores().open(TASK)) {
            for (int batch = 0; batch < 200; batch++) {
                List<StateChange> changes = new ArrayList<>();
                for (int i = random.nextInt(20); i >= 0; i--) {
                    int row = random.nextInt(100);
                    if (random.nextInt(4) == 0) {
                        changes.add(StateChange.delete(row(row)));
                        model.remove(row);
                    } else {
                        int value = random.nextInt(128);
                        changes.add(StateChange.put(row(row), new byte[] {(byte) value}));
                        model.put(row, value);
                    }
                }
                store.apply(changes, position(batch));
                assertThat(store.position()).isEqualTo(position(batch));
            }
            List<byte[]> values = rows(store, new byte[] {0x10});
            assertThat(values).extracting(value -> (int) value[0]).containsExactlyElementsOf(model.values());
            for (Map.Entry<Integer, Integer> entry : model.entrySet()) {
                assertThat(store.get(row(entry.getKey())))
                        .containsExactly(entry.getValue().byteValue());
            }
        }
    }

    protected static byte[] row(int n) {
        return new byte[] {0x10, (byte) n};
    }

    protected static StorePosition position(long number) {
        return new StorePosition(new CheckpointId(0, number, new UUID(7, number)), number * 2 + 1);
    }

    protected static List<byte[]> rows(StateReader store, byte[] prefix) {
        List<byte[]> values = new ArrayList<>();
        try (RowCursor cursor = store.scan(prefix)) {
            while (cursor.advance()) {
                if (cursor.row()[0] != 0) {
                    values.add(cursor.value());
                }
            }
        }
        return values;
    }
}
