package io.tidemark.state;

import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import org.jspecify.annotations.Nullable;

/** The cells of one value state. */
final class ValueCells<T> extends Cells implements ValueState<T> {

    private final CheckedCodec<T> codec;
    private final KeyTable<ValueCell> cells = new KeyTable<>();
    private @Nullable ValueCell current;
    private long currentRecord = -1;

    private KeyTable.@Nullable Keyed[] coming = {};

    /** Written, so that looking is not left out as useless. */
    @SuppressWarnings("UnusedVariable")
    private int near;

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
        prove(codec, value);
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
    void evict() {
        cells.removeIf(ValueCell::evict, state::isOverfull);
        forgetCurrent();
    }

    @Override
    boolean isPending(Bytes key, byte[] subKey) {
        ValueCell cell = cells.get(key.array(), key.hashCode());
        return cell != null && cell.pending;
    }

    @Override
    void forgetCurrent() {
        current = null;
    }

    @Override
    void comeCloser(byte[][] keys, int count) {
        if (coming.length < count) {
            coming = new KeyTable.Keyed[count];
        }
        cells.getAbout(keys, count, coming);
        int seen = 0;
        for (int i = 0; i < count; i++) {
            if (coming[i] instanceof RowCell<?> cell) {
                seen += cell.comeCloser();
            }
        }
        for (int i = 0; i < count; i++) {
            KeyTable.Keyed cell = coming[i];
            if (cell != null) {
                seen += cell.key().length;
            }
        }
        near = seen;
    }

    private ValueCell cell() {
        long record = state.currentRecord();
        ValueCell known = current;
        if (known != null && currentRecord == record) {
            return known;
        }
        byte[] key = state.currentKeyBytes();
        int hash = state.currentHash();
        ValueCell cell = cells.get(key, hash);
        if (cell == null) {
            // a copy: an author may have asked for the bytes of the key, and change them
            cell = new ValueCell(key.clone(), state.load(RowKey.under(rows, key), codec));
            cells.add(cell, hash);
        }
        cell.touched = true;
        state.looked(cell);
        current = cell;
        currentRecord = record;
        return cell;
    }

    private void change(ValueCell cell, @Nullable T value) {
        state.changing(cell);
        state.setting(cell, value);
        cell.value = value;
        state.set(cell);
    }

    /** Shows no value: handles end up in the author's logs. */
    @Override
    public String toString() {
        return "ValueState(" + name() + ")";
    }

    private final class ValueCell extends RowCell<T> implements KeyTable.Keyed {

        private final byte[] key;

        ValueCell(byte[] key, @Nullable T value) {
            super(state, value);
            this.key = key;
        }

        @Override
        KeyedState state() {
            return state;
        }

        @Override
        Cells owner() {
            return ValueCells.this;
        }

        @Override
        byte[] row() {
            return RowKey.under(rows, key);
        }

        @Override
        public byte[] key() {
            return key;
        }

        @Override
        CheckedCodec<T> codec() {
            return codec;
        }

        @Override
        void forget() {
            cells.remove(key, KeyTable.hash(key));
            gone();
        }
    }
}
