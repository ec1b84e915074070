package io.tidemark.state;

import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cells of one value state. */
final class ValueCells<T> extends Cells implements ValueState<T> {

    private final CheckedCodec<T> codec;
    private final Map<Bytes, ValueCell> cells = new HashMap<>();
    private @Nullable ValueCell current;
    private long currentRecord = -1;

    ValueCells(StateDescriptor.OfValue<T> descriptor, KeyedState state) {
        super(RowKind.VALUE, descriptor, state);
        this.codec = new CheckedCodec<>(descriptor.name(), descriptor.codec());
    }

    @Override
    public @Nullable T get() {
        return cell().value;
    }

    @Override
    public void set(T value) {
        requireValue(value);
        change(cell(), value);
    }

    @Override
    public void clear() {
        ValueCell cell = cell();
        if (cell.value != null) {
            change(cell, null);
        }
    }

    @Override
    int count() {
        return cells.size();
    }

    @Override
    void evict(boolean all) {
        cells.values().removeIf(cell -> cell.evict(all));
        forgetCurrent();
    }

    @Override
    boolean isPending(Bytes key, byte[] subKey) {
        ValueCell cell = cells.get(key);
        return cell != null && cell.pending;
    }

    @Override
    void forgetCurrent() {
        current = null;
    }

    private ValueCell cell() {
        long record = state.currentRecord();
        ValueCell known = current;
        if (known != null && currentRecord == record) {
            return known;
        }
        Bytes key = state.currentKey();
        ValueCell cell = cells.get(key);
        if (cell == null) {
            cell = new ValueCell(key, state.load(RowKey.under(rows, key.array()), codec));
            cells.put(key, cell);
        }
        cell.touched = true;
        current = cell;
        currentRecord = record;
        return cell;
    }

    private void change(ValueCell cell, @Nullable T value) {
        state.changing(cell);
        cell.value = value;
    }

    /** Shows no value: handles end up in the author's logs. */
    @Override
    public String toString() {
        return "ValueState(" + name() + ")";
    }

    private final class ValueCell extends RowCell<T> {

        private final Bytes key;

        ValueCell(Bytes key, @Nullable T value) {
            super(state, value);
            this.key = key;
        }

        @Override
        byte[] row() {
            return RowKey.under(rows, key.array());
        }

        @Override
        CheckedCodec<T> codec() {
            return codec;
        }

        @Override
        void forget() {
            cells.remove(key);
            gone();
        }
    }
}
