package io.tidemark.state;

import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.error.TidemarkException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cells of one value state, and the handle the author's code holds. */
final class ValueCells<T> implements ValueState<T> {

    private final StateDescriptor<T> descriptor;
    private final KeyedState state;
    private final Map<Bytes, Cell<T>> cells = new HashMap<>();
    private @Nullable Cell<T> current;
    private long currentRecord = -1;

    ValueCells(StateDescriptor<T> descriptor, KeyedState state) {
        this.descriptor = descriptor;
        this.state = state;
    }

    @Override
    public @Nullable T get() {
        return cell().value;
    }

    @Override
    public void set(T value) {
        if (value == null) {
            throw new IllegalArgumentException("State '" + descriptor.name() + "' cannot hold null; use clear()");
        }
        change(cell(), value);
    }

    @Override
    public void clear() {
        Cell<T> cell = cell();
        if (cell.value != null) {
            change(cell, null);
        }
    }

    StateDescriptor<T> descriptor() {
        return descriptor;
    }

    int count() {
        return cells.size();
    }

    /** The row change that brings the store to the cell's value. */
    StateChange changeOf(Cell<T> cell) {
        byte[] row = RowKey.value(descriptor.name(), cell.key.array());
        T value = cell.value;
        return value == null ? StateChange.delete(row) : StateChange.put(row, encode(value));
    }

    /** Falls back to the committed value: to pending bytes where there are any, else the next read asks the store. */
    void discard(Cell<T> cell) {
        cell.dirty = false;
        cell.changedBy = -1;
        if (cell.pendingSince == 0) {
            cells.remove(cell.key);
        } else {
            byte[] pending = cell.pending;
            cell.value = pending == null ? null : decode(pending);
        }
        current = null;
    }

    /** Drops clean cells the store can answer for; those not used since the last call first, all of them if {@code all}. */
    void evict(boolean all) {
        Iterator<Cell<T>> each = cells.values().iterator();
        while (each.hasNext()) {
            Cell<T> cell = each.next();
            if (!cell.dirty && cell.pendingSince == 0 && (all || !cell.touched)) {
                each.remove();
            }
            cell.touched = false;
        }
        current = null;
    }

    private Cell<T> cell() {
        long record = state.currentRecord();
        Cell<T> known = current;
        if (known != null && currentRecord == record) {
            return known;
        }
        Bytes key = state.currentKey();
        Cell<T> cell = cells.get(key);
        if (cell == null) {
            cell = new Cell<>(this, key, load(key));
            cells.put(key, cell);
        }
        cell.touched = true;
        current = cell;
        currentRecord = record;
        return cell;
    }

    private @Nullable T load(Bytes key) {
        try {
            byte[] stored = state.store().get(RowKey.value(descriptor.name(), key.array()));
            return stored == null ? null : decode(stored);
        } catch (TidemarkException e) {
            // The author's code may swallow it; the task must not.
            throw state.failed(e);
        }
    }

    private T decode(byte[] bytes) {
        try {
            return descriptor.codec().decode(bytes);
        } catch (RuntimeException e) {
            throw new ProcessorFailed(
                    "a stored value of state '" + descriptor.name() + "' (" + bytes.length
                            + " bytes) cannot be read by codec "
                            + descriptor.codec().id() + " ("
                            + e.getClass().getName() + ")",
                    null);
        }
    }

    private byte[] encode(T value) {
        try {
            return descriptor.codec().encode(value);
        } catch (RuntimeException e) {
            throw new ProcessorFailed(
                    "a value of state '" + descriptor.name() + "' cannot be written by codec "
                            + descriptor.codec().id() + " (" + e.getClass().getName() + ")",
                    null);
        }
    }

    private void change(Cell<T> cell, @Nullable T value) {
        state.changing(cell);
        cell.value = value;
    }

    /** Shows no value: handles end up in the author's logs. */
    @Override
    public String toString() {
        return "ValueState(" + descriptor.name() + ")";
    }
}
