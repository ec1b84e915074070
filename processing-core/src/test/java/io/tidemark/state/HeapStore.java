package io.tidemark.state;

import java.util.List;

/** A store on the heap whose answers a test may replace. */
public class HeapStore implements StateStore {

    private final InMemoryStateStore rows = new InMemoryStateStore();

    @Override
    public byte[] get(byte[] row) {
        byte[] value = rows.get(row);
        return value == null ? null : value.clone();
    }

    @Override
    public RowCursor scan(byte[] prefix) {
        return rows.scan(prefix);
    }

    @Override
    public RowCursor range(byte[] from, byte[] to) {
        return rows.range(from, to);
    }

    @Override
    public byte[] lastRow() {
        return rows.lastRow();
    }

    @Override
    public StorePosition position() {
        return rows.position();
    }

    @Override
    public void apply(List<StateChange> changes, StorePosition position) {
        rows.apply(changes, position);
    }

    @Override
    public long approximateRows() {
        return rows.approximateRows();
    }

    @Override
    public long approximateBytes() {
        return rows.approximateBytes();
    }

    @Override
    public void close() {
        rows.close();
    }
}
