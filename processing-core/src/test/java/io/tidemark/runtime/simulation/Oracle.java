package io.tidemark.runtime.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.checkpoint.Pointer;
import io.tidemark.checkpoint.PointerCodec;
import io.tidemark.codec.RawCodecs;
import io.tidemark.state.RowCursor;
import io.tidemark.state.RowKind;
import io.tidemark.state.StateReader;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.InputPartition;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Knows what is right: recomputes every state and every output from the input alone, and checks each decision against it. */
final class Oracle {

    /**
     * A record of the input; {@code clears} removes the key's state instead of adding to it, and a record that is {@code refused} has
     * outputs no broker takes: it is to be found and left out. The handler of a {@code slow} one takes longer than a transaction may, each
     * time it is called.
     */
    record Input(long offset, String key, long value, boolean clears, boolean refused, boolean slow) {}

    private final Map<InputPartition, List<Input>> inputs;
    private final Map<InputPartition, Long> decided = new HashMap<>();
    private final Map<Integer, CheckpointId> newest = new HashMap<>();
    private final Map<CheckpointId, Map<InputPartition, Long>> checkpoints = new HashMap<>();

    private final java.util.function.Consumer<String> count;

    Oracle(Map<InputPartition, List<Input>> inputs, java.util.function.Consumer<String> count) {
        this.inputs = inputs;
        this.count = count;
    }

    /** What one key holds: a running value, a list and a map, each by other rules, so that each shows what went wrong with it. */
    static final class KeyState {

        Long total;
        final List<Long> values = new java.util.ArrayList<>();
        final TreeMap<Long, Long> byRest = new TreeMap<>();

        void add(Input input) {
            if (input.clears()) {
                total = null;
                values.clear();
                byRest.clear();
                return;
            }
            total = total == null ? input.value() : next(total, input.value());
            if (input.value() % LIST_ENDS == 0) {
                values.clear();
            }
            values.add(input.value());
            if (input.value() % REST_GOES == 0) {
                byRest.remove(input.value() % RESTS);
            } else {
                byRest.put(input.value() % RESTS, input.value());
            }
        }

        boolean isEmpty() {
            return total == null && values.isEmpty() && byRest.isEmpty();
        }

        @Override
        public String toString() {
            return total + " " + values + " " + byRest;
        }
    }

    static final int LIST_ENDS = 6;
    static final int REST_GOES = 4;
    static final int RESTS = 5;

    /** The fold of one topic-partition below an offset: state of each key that has any. */
    Map<String, KeyState> fold(InputPartition partition, long below) {
        Map<String, KeyState> state = new TreeMap<>();
        for (Input input : inputs.get(partition)) {
            if (input.offset() < below && !input.refused()) {
                state.computeIfAbsent(input.key(), key -> new KeyState()).add(input);
            }
        }
        state.values().removeIf(KeyState::isEmpty);
        return state;
    }

    /** How a value joins the state of its key: not commutative, so that order, loss and repetition all show. */
    static long next(long state, long value) {
        return state * 31 + value;
    }

    /** What the output of a record says: its offset, and the state of its key after it. */
    static String output(InputPartition partition, long offset, String state) {
        return partition + "@" + offset + "=" + state;
    }

    /** A transaction is decided: its outputs must be exactly the records between the old and the new offsets. */
    void decided(Map<InputPartition, CommittedOffset> offsets, List<String> outputs) {
        Map<InputPartition, List<String>> byPartition = new HashMap<>();
        for (String output : outputs) {
            String[] parts = output.split("@");
            int dash = parts[0].lastIndexOf('-');
            InputPartition partition =
                    new InputPartition(parts[0].substring(0, dash), Integer.parseInt(parts[0].substring(dash + 1)));
            byPartition
                    .computeIfAbsent(partition, p -> new java.util.ArrayList<>())
                    .add(output);
        }
        offsets.forEach((partition, offset) -> {
            List<String> expected = expected(partition, decided.getOrDefault(partition, 0L), offset.offset());
            List<String> found = byPartition.getOrDefault(partition, List.of());
            if (!expected.equals(found)) {
                throw new Violation("Decided " + partition + " [" + decided.getOrDefault(partition, 0L) + ", "
                        + offset.offset() + "): expected output " + expected + ", found " + found);
            }
            byPartition.remove(partition);
            if (moved(partition, offsets) && isEmpty(partition, decided(partition), offset.offset())) {
                count.accept("moved over markers only");
            }
        });
        if (!byPartition.isEmpty()) {
            throw new Violation("Output without offsets: " + byPartition);
        }
        offsets.forEach(this::checkPointer);
        for (InputPartition partition : offsets.keySet()) {
            InputPartition other = new InputPartition(partition.topic().equals("a") ? "b" : "a", partition.partition());
            if (offsets.containsKey(other) && moved(partition, offsets) && !moved(other, offsets)) {
                count.accept("one of two topics moved");
            }
        }
        offsets.forEach((partition, offset) -> decided.put(partition, offset.offset()));
    }

    private boolean isEmpty(InputPartition partition, long from, long to) {
        return inputs.get(partition).stream().noneMatch(input -> input.offset() >= from && input.offset() < to);
    }

    private boolean moved(InputPartition partition, Map<InputPartition, CommittedOffset> offsets) {
        return offsets.get(partition).offset() > decided.getOrDefault(partition, 0L);
    }

    private List<String> expected(InputPartition partition, long from, long to) {
        List<String> outputs = new java.util.ArrayList<>();
        Map<String, KeyState> state = fold(partition, from);
        for (Input input : inputs.get(partition)) {
            if (input.offset() >= from && input.offset() < to && !input.refused()) {
                KeyState of = state.computeIfAbsent(input.key(), key -> new KeyState());
                of.add(input);
                outputs.add(output(partition, input.offset(), of.toString()));
            }
        }
        return outputs;
    }

    private void checkPointer(InputPartition partition, CommittedOffset offset) {
        Pointer pointer = PointerCodec.decode(offset.metadata())
                .orElseThrow(() -> new Violation("A decided offset of " + partition + " has no pointer"));
        if (pointer.offset() != offset.offset()) {
            throw new Violation("The pointer of " + partition + " does not prove its offset");
        }
        CheckpointId id = pointer.checkpoint().id();
        CheckpointId before = newest.get(partition.partition());
        if (before != null && !before.equals(id) && id.number() != before.number() + 1) {
            throw new Violation("Checkpoint " + id + " of partition " + partition.partition() + " follows " + before);
        }
        newest.put(partition.partition(), id);
        checkpoints.computeIfAbsent(id, i -> new HashMap<>()).put(partition, offset.offset());
    }

    /** A store changed: it must hold exactly the fold below the positions of a decided checkpoint. */
    void stored(int task, StateReader store, StorePosition position) {
        Map<InputPartition, Long> positions = checkpoints.get(position.checkpoint());
        if (positions == null) {
            throw new Violation("A store holds checkpoint " + position.checkpoint() + ", which was never decided");
        }
        checkRows(task, store, positions);
    }

    /** Compares every row of every state with the fold. */
    void checkRows(int task, StateReader store, Map<InputPartition, Long> positions) {
        Map<String, KeyState> expected = new TreeMap<>();
        positions.forEach((partition, below) ->
                fold(partition, below).forEach((key, state) -> expected.put(partition.topic() + "/" + key, state)));
        Map<String, KeyState> found = new TreeMap<>();
        for (RowKind kind : List.of(RowKind.VALUE, RowKind.LIST, RowKind.MAP)) {
            try (RowCursor rows = store.scan(new byte[] {kind.code()})) {
                while (rows.advance()) {
                    read(kind, ByteBuffer.wrap(rows.row()), rows.value(), found);
                }
            }
        }
        if (!expected.toString().equals(found.toString())) {
            throw new Violation(
                    "The store of task " + task + " at " + positions + " holds " + found + ", expected " + expected);
        }
    }

    /** States are named by topic and kind, as {@link Sim} declares them. */
    private static void read(RowKind kind, ByteBuffer row, byte[] value, Map<String, KeyState> found) {
        row.get();
        byte[] name = new byte[row.get()];
        row.get(name);
        byte[] key = new byte[row.getInt()];
        row.get(key);
        byte[] subKey = new byte[row.remaining()];
        row.get(subKey);
        String topic = new String(name, UTF_8).substring(0, 1);
        KeyState state = found.computeIfAbsent(topic + "/" + new String(key, UTF_8), k -> new KeyState());
        long number = RawCodecs.LONG.decode(value);
        switch (kind) {
            case LIST -> state.values.add(number);
            case MAP -> state.byRest.put(RawCodecs.LONG.decode(subKey), number);
            default -> state.total = number;
        }
    }

    /** An operator put the offsets back on purpose: output after them is expected again. */
    void rewound(Map<InputPartition, Long> offsets, CheckpointId id, int task) {
        decided.putAll(offsets);
        newest.put(task, id);
    }

    boolean isNewest(int task, StorePosition position) {
        return position != null && position.checkpoint().equals(newest.get(task));
    }

    long decided(InputPartition partition) {
        return decided.getOrDefault(partition, 0L);
    }

    /** Offset behind the last record. */
    long end(InputPartition partition) {
        List<Input> records = inputs.get(partition);
        return records.isEmpty() ? 0 : records.get(records.size() - 1).offset() + 1;
    }

    boolean allDecided() {
        return inputs.entrySet().stream().allMatch(entry -> {
            List<Input> records = entry.getValue();
            return records.isEmpty()
                    || decided(entry.getKey()) > records.get(records.size() - 1).offset();
        });
    }

    String missing() {
        StringBuilder text = new StringBuilder();
        inputs.forEach((partition, records) -> text.append(partition + ": decided " + decided(partition) + " of "
                + (records.isEmpty() ? 0 : records.get(records.size() - 1).offset() + 1) + "; "));
        return text.toString();
    }
}
