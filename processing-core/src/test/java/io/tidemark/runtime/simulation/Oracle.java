package io.tidemark.runtime.simulation;

import io.tidemark.checkpoint.Pointer;
import io.tidemark.checkpoint.PointerCodec;
import io.tidemark.codec.RawCodecs;
import io.tidemark.state.RowCursor;
import io.tidemark.state.RowKey;
import io.tidemark.state.RowKind;
import io.tidemark.state.StateReader;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.InputPartition;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Knows what is right: recomputes every state and every output from the input alone, and checks each decision against it. */
final class Oracle {

    /** A record of the input; {@code clears} removes the key's state instead of adding to it. */
    record Input(long offset, String key, long value, boolean clears) {}

    private final Map<InputPartition, List<Input>> inputs;
    private final Map<InputPartition, Long> decided = new HashMap<>();
    private final Map<Integer, CheckpointId> newest = new HashMap<>();
    private final Map<CheckpointId, Map<InputPartition, Long>> checkpoints = new HashMap<>();

    private final java.util.function.Consumer<String> count;

    Oracle(Map<InputPartition, List<Input>> inputs, java.util.function.Consumer<String> count) {
        this.inputs = inputs;
        this.count = count;
    }

    /** The fold of one topic-partition below an offset: state of each key. */
    Map<String, Long> fold(InputPartition partition, long below) {
        Map<String, Long> state = new TreeMap<>();
        for (Input input : inputs.get(partition)) {
            if (input.offset() < below) {
                if (input.clears()) {
                    state.remove(input.key());
                } else {
                    state.merge(input.key(), input.value(), Oracle::next);
                }
            }
        }
        return state;
    }

    /** How a value joins the state of its key: not commutative, so that order, loss and repetition all show. */
    static long next(long state, long value) {
        return state * 31 + value;
    }

    /** What the output of a record says: its offset, and the state of its key after it. */
    static String output(InputPartition partition, long offset, Long state) {
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

    private boolean moved(InputPartition partition, Map<InputPartition, CommittedOffset> offsets) {
        return offsets.get(partition).offset() > decided.getOrDefault(partition, 0L);
    }

    private List<String> expected(InputPartition partition, long from, long to) {
        List<String> outputs = new java.util.ArrayList<>();
        Map<String, Long> state = fold(partition, from);
        for (Input input : inputs.get(partition)) {
            if (input.offset() >= from && input.offset() < to) {
                if (input.clears()) {
                    state.remove(input.key());
                } else {
                    state.merge(input.key(), input.value(), Oracle::next);
                }
                outputs.add(output(partition, input.offset(), state.get(input.key())));
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
        Map<String, Long> expected = new TreeMap<>();
        positions.forEach((partition, below) -> fold(partition, below)
                .forEach((key, value) -> expected.put(
                        HexFormat.of()
                                .formatHex(RowKey.value(
                                        partition.topic(), key.getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                        value)));
        Map<String, Long> found = new TreeMap<>();
        try (RowCursor rows = store.scan(new byte[] {RowKind.VALUE.code()})) {
            while (rows.advance()) {
                found.put(HexFormat.of().formatHex(rows.row()), RawCodecs.LONG.decode(rows.value()));
            }
        }
        if (!expected.equals(found)) {
            throw new Violation(
                    "The store of task " + task + " at " + positions + " holds " + found + ", expected " + expected);
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
