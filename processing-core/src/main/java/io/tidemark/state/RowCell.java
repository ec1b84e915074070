package io.tidemark.state;

import io.tidemark.stream.CheckpointId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One live value that is one row in the store, deserialized once. */
abstract class RowCell<T> extends Cell {

    /** About what a row's key takes. */
    static final int OVERHEAD = 40;

    @Nullable
    T value;

    boolean touched;
    private @Nullable T valueBefore;
    private byte @Nullable [] pendingBytes;

    /** Bytes of the committed row, as far as they are known. */
    private int weight;

    /**
     * @param state what it is part of
     * @param value what was loaded just now, or {@code null}
     */
    RowCell(KeyedState state, @Nullable T value) {
        this.value = value;
        this.weight = value == null ? 0 : state.loadedBytes();
        state.weighed(weight);
    }

    private void weigh(int bytes) {
        if (bytes != weight) {
            state().weighed(bytes - weight);
            weight = bytes;
        }
    }

    /** What it is part of; asked for rather than kept, there are millions of cells. */
    abstract KeyedState state();

    abstract byte[] row();

    abstract CheckedCodec<T> codec();

    @Override
    boolean puts() {
        return value != null;
    }

    @Override
    @Nullable
    String problem() {
        T now = value;
        return now == null ? null : codec().problemWith(now);
    }

    /** Nothing is known about it any more: the next read asks the store. */
    abstract void forget();

    /** It is not among the live values any more. */
    final void gone() {
        weigh(0);
        state().gone(this);
    }

    @Override
    void remember() {
        super.remember();
        valueBefore = value;
    }

    @Override
    void undo() {
        super.undo();
        value = valueBefore;
        valueBefore = null;
    }

    /** Else the value before the last one would stay reachable until the next change, and be moved about with the live ones. */
    @Override
    void forgetBefore() {
        valueBefore = null;
    }

    @Override
    void drainTo(List<StateChange> changes, CheckpointId id) {
        T now = value;
        changes.add(now == null ? StateChange.delete(row()) : StateChange.put(row(), codec().encodeToCommit(now)));
    }

    @Override
    int comeCloser() {
        T now = value;
        return now == null || now.getClass() == Object.class ? 0 : 1;
    }

    @Override
    int sampleRowBytes() {
        T now = value;
        return OVERHEAD + (now == null ? 0 : codec().encode(now).length);
    }

    @Override
    void committed(List<StateChange> changes, int from, int to) {
        super.committed(changes, from, to);
        byte[] bytes = from == to ? null : changes.get(from).value();
        byte[] known = pendingBytes;
        if (bytes != null && known != null && known.length == bytes.length) {
            // an old array costs the collector nothing; a new one is moved, and makes it look at this cell again
            System.arraycopy(bytes, 0, known, 0, bytes.length);
        } else {
            // a copy: the codec's array may be one that it gives out more than once
            pendingBytes = bytes == null ? null : bytes.clone();
        }
        weigh(bytes == null ? 0 : bytes.length);
    }

    @Override
    long pendingBytes() {
        return pending ? OVERHEAD + weight : 0;
    }

    /** The newest committed value says all there is to say. */
    @Override
    void foldTo(List<StateChange> changes) {
        byte[] bytes = pendingBytes;
        changes.add(bytes == null ? StateChange.delete(row()) : StateChange.put(row(), bytes));
    }

    /** The array is the store's from here on: one on the heap keeps it. */
    @Override
    void folded() {
        super.folded();
        pendingBytes = null;
    }

    /** To pending bytes where there are any, never straight to the store. */
    @Override
    void discard() {
        super.discard();
        if (!pending) {
            forget();
        } else {
            byte[] committed = pendingBytes;
            // a copy: a codec may keep what it decodes, and this array takes other bytes with the next commit
            value = committed == null ? null : codec().decode(committed.clone());
        }
    }

    /** Whether it goes to make room: the store can answer for it, it was not used since the last call, and room is needed still. */
    boolean evict() {
        if (!state().isOverfull()) {
            return false;
        }
        boolean used = touched;
        touched = false;
        return !used && drop();
    }

    /** Whether it goes: the store can answer for it. */
    boolean drop() {
        boolean goes = !dirty && !pending;
        touched = false;
        if (goes) {
            gone();
        }
        return goes;
    }
}
