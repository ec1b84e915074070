package io.tidemark.state;

import io.tidemark.api.MapState;
import io.tidemark.api.StateDescriptor;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The maps of one map state: a {@link MapOfKey} for each key that was touched. */
final class MapCells<K, V> extends Cells implements MapState<K, V> {

    final CheckedCodec<K> keyCodec;
    final CheckedCodec<V> codec;
    private final Map<Bytes, MapOfKey<K, V>> maps = new HashMap<>();
    private int count;
    private @Nullable MapOfKey<K, V> current;
    private long currentRecord = -1;
    private @Nullable Class<?> provenKey;

    MapCells(StateDescriptor.OfMap<K, V> descriptor, KeyedState state) {
        super(RowKind.MAP, descriptor, state);
        this.keyCodec = new CheckedCodec<>(descriptor.name(), descriptor.keyCodec());
        this.codec = new CheckedCodec<>(descriptor.name(), descriptor.codec());
    }

    @Override
    public @Nullable V get(K key) {
        return map().entry(key).value;
    }

    @Override
    public void put(K key, V value) {
        requireValue(value);
        MapOfKey<K, V>.Entry entry = map().entry(key);
        proveKey(key);
        prove(codec, value);
        change(entry, value);
    }

    @Override
    public void remove(K key) {
        MapOfKey<K, V>.Entry entry = map().entry(key);
        if (entry.value != null) {
            change(entry, null);
        }
    }

    @Override
    public Iterable<Map.Entry<K, V>> entries() {
        return walk(entries -> Map.entry(entries.key(), entries.value()));
    }

    @Override
    public Iterable<K> keys() {
        return walk(MapEntries::key);
    }

    @Override
    public Iterable<V> values() {
        return walk(MapEntries::value);
    }

    @Override
    public boolean isEmpty() {
        MapEntries<K, V> entries = new MapEntries<>(this, map());
        boolean empty = !entries.advance();
        entries.close();
        return empty;
    }

    @Override
    public void clear() {
        MapOfKey<K, V> map = map();
        state.clearing(map);
        map.cleared = true;
        for (MapOfKey<K, V>.Entry entry : map.entries()) {
            if (entry.value != null) {
                change(entry, null);
            }
        }
    }

    @Override
    int count() {
        return count;
    }

    @Override
    void evict() {
        Iterator<MapOfKey<K, V>> each = maps.values().iterator();
        while (each.hasNext()) {
            MapOfKey<K, V> map = each.next();
            map.evict();
            if (map.isForgettable()) {
                each.remove();
                count--;
            }
        }
        forgetCurrent();
    }

    @Override
    boolean isPending(Bytes key, byte[] subKey) {
        MapOfKey<K, V> map = maps.get(key);
        return map != null && map.isPending(subKey);
    }

    @Override
    void forgetCurrent() {
        current = null;
    }

    void counted(int more) {
        count += more;
    }

    private MapOfKey<K, V> map() {
        long record = state.currentRecord();
        MapOfKey<K, V> known = current;
        if (known != null && currentRecord == record) {
            return known;
        }
        Bytes key = state.currentKey();
        MapOfKey<K, V> map = maps.get(key);
        if (map == null) {
            map = new MapOfKey<>(this, key);
            maps.put(key, map);
            count++;
        }
        current = map;
        currentRecord = record;
        return map;
    }

    private void proveKey(K key) {
        if (key.getClass() != provenKey) {
            String problem = keyCodec.problemWith(key);
            if (problem != null) {
                throw state.failed(unstorable("as map key: " + problem));
            }
            provenKey = key.getClass();
        }
    }

    private void change(MapOfKey<K, V>.Entry entry, @Nullable V value) {
        state.changing(entry);
        state.setting(entry, value);
        entry.value = value;
        state.set(entry);
    }

    private <R> Iterable<R> walk(Function<MapEntries<K, V>, R> shown) {
        return () -> new Walk<>(new MapEntries<>(this, map()), shown);
    }

    /** Shows no entry: handles end up in the author's logs. */
    @Override
    public String toString() {
        return "MapState(" + name() + ")";
    }

    private final class Walk<R> implements Iterator<R> {

        private final MapEntries<K, V> entries;
        private final Function<MapEntries<K, V>, R> shown;
        private boolean ahead;
        private boolean over;
        private @Nullable K last;

        Walk(MapEntries<K, V> entries, Function<MapEntries<K, V>, R> shown) {
            this.entries = entries;
            this.shown = shown;
        }

        @Override
        public boolean hasNext() {
            entries.requireValid();
            if (!ahead && !over) {
                ahead = entries.advance();
                over = !ahead;
            }
            return ahead;
        }

        @Override
        public R next() {
            if (!hasNext()) {
                throw new NoSuchElementException("The map has no more entries");
            }
            ahead = false;
            last = entries.key();
            return shown.apply(entries);
        }

        @Override
        public void remove() {
            K key = last;
            if (key == null) {
                throw new IllegalStateException("There is no entry to remove");
            }
            entries.requireValid();
            last = null;
            MapCells.this.remove(key);
        }
    }
}
