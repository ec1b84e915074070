package io.tidemark.state;

import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store on the heap: gone with the process, always restored from the changelog. */
public final class InMemoryStateStore implements StateStore {

    private final NavigableMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);
    private @Nullable StorePosition position;
    private long bytes;

    @Override
    public byte @Nullable [] get(byte[] row) {
        return rows.get(row);
    }

    @Override
    public RowCursor scan(byte[] prefix) {
        byte[] end = RowKey.endOf(prefix);
        NavigableMap<byte[], byte[]> range =
                end == null ? rows.tailMap(prefix, true) : rows.subMap(prefix, true, end, false);
        return new MapCursor(range.entrySet().iterator());
    }

    @Override
    public RowCursor range(byte[] from, byte[] to) {
        if (Arrays.compareUnsigned(from, to) >= 0) {
            return new MapCursor(Collections.emptyIterator());
        }
        return new MapCursor(rows.subMap(from, false, to, true).entrySet().iterator());
    }

    @Override
    public byte @Nullable [] lastRow() {
        return rows.isEmpty() ? null : rows.lastKey();
    }

    @Override
    public @Nullable StorePosition position() {
        return position;
    }

    @Override
    public void apply(List<StateChange> changes, @Nullable StorePosition position) {
        changes.forEach(this::apply);
        this.position = position;
    }

    @Override
    public long approximateRows() {
        return rows.size();
    }

    @Override
    public long approximateBytes() {
        return bytes;
    }

    @Override
    public void close() {
        // Nothing to release: whoever holds the store decides how long its rows live.
    }

    private void apply(StateChange change) {
        byte[] value = change.value();
        switch (change.kind()) {
            case PUT -> put(change.row(), value == null ? new byte[0] : value);
            case DELETE -> remove(change.row());
            case DELETE_PREFIX -> {
                byte[] end = RowKey.endOf(change.row());
                List<byte[]> gone = List.copyOf(
                        (end == null ? rows.tailMap(change.row(), true) : rows.subMap(change.row(), true, end, false))
                                .keySet());
                gone.forEach(this::remove);
            }
        }
    }

    private void put(byte[] row, byte[] value) {
        byte[] before = rows.put(row, value);
        bytes += before == null ? row.length + value.length : value.length - before.length;
    }

    private void remove(byte[] row) {
        byte[] before = rows.remove(row);
        bytes -= before == null ? 0 : row.length + before.length;
    }

    private static final class MapCursor implements RowCursor {

        private final Iterator<Map.Entry<byte[], byte[]>> rest;
        private Map.@Nullable Entry<byte[], byte[]> current;

        MapCursor(Iterator<Map.Entry<byte[], byte[]>> rest) {
            this.rest = rest;
        }

        @Override
        public boolean advance() {
            current = rest.hasNext() ? rest.next() : null;
            return current != null;
        }

        @Override
        public byte[] row() {
            return entry().getKey();
        }

        @Override
        public byte[] value() {
            return entry().getValue();
        }

        private Map.Entry<byte[], byte[]> entry() {
            if (current == null) {
                throw new IllegalStateException("The cursor stands on no row");
            }
            return current;
        }

        @Override
        public void close() {
            current = null;
        }
    }
}
