package io.tidemark.state;

import io.tidemark.error.TidemarkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A walk over one map as it is when the walk is made: stored rows merged with what is live, in the order of sub-keys. */
final class MapEntries<K, V> {

    /** A live entry as it was when the walk was made; without a value it hides a stored row. */
    private record Seen<K, V>(
            K key, byte[] subKey, @Nullable V value) {}

    private final MapCells<K, V> map;
    private final long record;
    private final int prefixLength;
    private final List<Seen<K, V>> live = new ArrayList<>();
    private int next;
    private @Nullable RowCursor stored;
    private byte @Nullable [] storedSubKey;
    private @Nullable Seen<K, V> current;
    private byte @Nullable [] currentRow;
    private byte @Nullable [] currentValue;

    MapEntries(MapCells<K, V> map, MapOfKey<K, V> of) {
        this.map = map;
        this.record = map.state.currentRecord();
        for (MapOfKey<K, V>.Entry entry : of.entries()) {
            live.add(new Seen<>(entry.mapKey(), entry.subKey, entry.value));
        }
        live.sort(Comparator.comparing(Seen::subKey, Arrays::compareUnsigned));
        byte[] prefix = of.prefix();
        this.prefixLength = prefix.length;
        if (!of.hidesStore()) {
            stored = map.state.scan(prefix);
            advanceStored();
        }
    }

    void requireValid() {
        map.state.requireRecord(record);
    }

    boolean advance() {
        requireValid();
        while (next < live.size() || storedSubKey != null) {
            Seen<K, V> seen = next < live.size() ? live.get(next) : null;
            byte[] subKey = storedSubKey;
            int order = seen == null || subKey == null
                    ? (seen == null ? 1 : -1)
                    : Arrays.compareUnsigned(seen.subKey(), subKey);
            if (order > 0) {
                current = null;
                takeStored();
                return true;
            }
            next++;
            if (order == 0) {
                advanceStored();
            }
            if (seen != null && seen.value() != null) {
                current = seen;
                return true;
            }
        }
        close();
        return false;
    }

    K key() {
        Seen<K, V> seen = current;
        return seen == null ? decoded(() -> map.keyCodec.decode(subKey(row()))) : seen.key();
    }

    V value() {
        Seen<K, V> seen = current;
        V value = seen == null ? decoded(() -> map.codec.decode(storedValue())) : seen.value();
        if (value == null) {
            throw new IllegalStateException("The walk stands on no entry");
        }
        return value;
    }

    void close() {
        RowCursor rows = stored;
        if (rows != null) {
            stored = null;
            storedSubKey = null;
            map.state.closed(rows);
        }
    }

    private void takeStored() {
        RowCursor rows = stored;
        if (rows != null) {
            currentRow = rows.row();
            currentValue = rows.value();
            advanceStored();
        }
    }

    private void advanceStored() {
        RowCursor rows = stored;
        if (rows == null) {
            return;
        }
        try {
            storedSubKey = rows.advance() ? subKey(rows.row()) : null;
        } catch (TidemarkException e) {
            throw map.state.failed(e);
        }
        if (storedSubKey == null) {
            close();
        }
    }

    private byte[] row() {
        byte[] row = currentRow;
        if (row == null) {
            throw new IllegalStateException("The walk stands on no entry");
        }
        return row;
    }

    private byte[] storedValue() {
        byte[] value = currentValue;
        if (value == null) {
            throw new IllegalStateException("The walk stands on no entry");
        }
        return value;
    }

    private byte[] subKey(byte[] row) {
        return Arrays.copyOfRange(row, prefixLength, row.length);
    }

    private <R> R decoded(java.util.function.Supplier<R> reading) {
        try {
            return reading.get();
        } catch (TidemarkException e) {
            throw map.state.failed(e);
        }
    }
}
