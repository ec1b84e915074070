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
    private byte @Nullable [] pending;

    RowCell(@Nullable T value) {
        this.value = value;
    }

    abstract byte[] row();

    abstract CheckedCodec<T> codec();

    /** Nothing is known about it any more: the next read asks the store. */
    abstract void forget();

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

    @Override
    void drainTo(List<StateChange> changes, CheckpointId id) {
        T now = value;
        changes.add(now == null ? StateChange.delete(row()) : StateChange.put(row(), codec().encode(now)));
    }

    @Override
    int sampleRowBytes() {
        T now = value;
        return OVERHEAD + (now == null ? 0 : codec().encode(now).length);
    }

    @Override
    void committed(long sequence, List<StateChange> part) {
        super.committed(sequence, part);
        pending = part.isEmpty() ? null : part.get(0).value();
    }

    @Override
    void folded() {
        super.folded();
        pending = null;
    }

    /** To pending bytes where there are any, never straight to the store. */
    @Override
    void discard() {
        super.discard();
        if (pendingSince == 0) {
            forget();
        } else {
            byte[] committed = pending;
            value = committed == null ? null : codec().decode(committed);
        }
    }

    boolean isEvictable(boolean all) {
        boolean evictable = !dirty && pendingSince == 0 && (all || !touched);
        touched = false;
        return evictable;
    }
}
