package io.tidemark.state;

import io.tidemark.stream.CheckpointId;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The live entries of one map under one key. As a cell of its own it stands for one thing only: that the map was cleared, which is one
 * change however many entries it had. Its entries that are in memory are cleared one by one, so that each can be undone.
 */
final class MapOfKey<K, V> extends Cell {

    private final MapCells<K, V> owner;
    private final Bytes key;
    private final Map<Object, Entry> entries = new HashMap<>();

    /** Whether everything committed is gone. */
    boolean cleared;

    /** Whether everything in the store is gone, as of what is pending. */
    private boolean storeCleared;

    private boolean clearedBefore;

    MapOfKey(MapCells<K, V> owner, Bytes key) {
        this.owner = owner;
        this.key = key;
    }

    Entry entry(K mapKey) {
        owner.requireValue(mapKey);
        byte[] subKey = isNamedByBytes(mapKey) ? owner.keyCodec.encode(mapKey) : null;
        Object name = subKey == null ? mapKey : Bytes.of(subKey);
        Entry entry = entries.get(name);
        if (entry == null) {
            entry = new Entry(name, subKey == null ? owner.keyCodec.encode(mapKey) : subKey);
            entries.put(name, entry);
            owner.counted(1);
        }
        entry.touched = true;
        owner.state.looked(entry);
        return entry;
    }

    @Override
    Cells owner() {
        return owner;
    }

    /** Arrays equal themselves only, and a record may say otherwise than its bytes what it equals; the bytes are what counts. */
    private static boolean isNamedByBytes(Object mapKey) {
        return mapKey instanceof byte[] || mapKey instanceof Record;
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    /** Whether rows in the store are no entries of the live map any more. */
    boolean hidesStore() {
        return cleared || storeCleared;
    }

    /** Whether the store's row of an entry is replaced or removed by what is pending. */
    boolean isPending(byte[] subKey) {
        if (storeCleared) {
            return true;
        }
        K mapKey = owner.keyCodec.decode(subKey);
        Entry entry = entries.get(isNamedByBytes(mapKey) ? Bytes.of(subKey) : mapKey);
        if (entry == null && !Arrays.equals(owner.keyCodec.encode(mapKey), subKey)) {
            // a codec that does not read what it wrote: the bytes decide
            return entries.values().stream().anyMatch(each -> each.pending && Arrays.equals(each.subKey, subKey));
        }
        return entry != null && entry.pending;
    }

    byte[] prefix() {
        return RowKey.under(owner.rows, key.array());
    }

    void evict() {
        entries.values().removeIf(entry -> {
            boolean goes = entry.evict();
            if (goes) {
                owner.counted(-1); // at once: it tells when enough are gone
            }
            return goes;
        });
    }

    boolean isForgettable() {
        return entries.isEmpty() && !dirty && !pending;
    }

    @Override
    void remember() {
        super.remember();
        clearedBefore = cleared;
    }

    @Override
    void undo() {
        super.undo();
        cleared = clearedBefore;
    }

    @Override
    void drainTo(List<StateChange> changes, CheckpointId id) {
        changes.add(StateChange.deletePrefix(prefix()));
    }

    @Override
    int sampleRowBytes() {
        return RowCell.OVERHEAD;
    }

    @Override
    void committed(List<StateChange> changes, int from, int to) {
        super.committed(changes, from, to);
        cleared = false;
        storeCleared = true;
    }

    @Override
    long pendingBytes() {
        return pending ? RowCell.OVERHEAD : 0;
    }

    @Override
    void foldTo(List<StateChange> changes) {
        changes.add(StateChange.deletePrefix(prefix()));
    }

    @Override
    void folded() {
        super.folded();
        storeCleared = false;
    }

    @Override
    void discard() {
        super.discard();
        cleared = false;
        reveal();
    }

    /** The clear never happened: whoever asked meanwhile was told that there is nothing, and has to ask the store again. */
    void reveal() {
        int before = entries.size();
        entries.values().removeIf(Entry::drop);
        owner.counted(entries.size() - before);
    }

    /** One entry. */
    final class Entry extends RowCell<V> {

        private final Object name;
        final byte[] subKey;

        Entry(Object name, byte[] subKey) {
            super(owner.state, hidesStore() ? null : owner.state.load(rowOf(subKey), owner.codec));
            this.name = name;
            this.subKey = subKey;
        }

        @SuppressWarnings("unchecked") // what the entry was looked up with
        K mapKey() {
            return name instanceof Bytes ? owner.keyCodec.decode(subKey) : (K) name;
        }

        @Override
        KeyedState state() {
            return owner.state;
        }

        @Override
        Cells owner() {
            return owner;
        }

        @Override
        byte[] row() {
            return rowOf(subKey);
        }

        @Override
        CheckedCodec<V> codec() {
            return owner.codec;
        }

        /** A row of a map that is cleared anyway needs no removal of its own. */
        @Override
        void drainTo(List<StateChange> changes, CheckpointId id) {
            if (value != null || !cleared) {
                super.drainTo(changes, id);
            }
        }

        @Override
        void forget() {
            entries.remove(name);
            gone();
            owner.counted(-1);
        }
    }

    private byte[] rowOf(byte[] subKey) {
        return RowKey.under(owner.rows, key.array(), subKey);
    }
}
