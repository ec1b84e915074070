package io.tidemark.state;

import org.jspecify.annotations.Nullable;

/**
 * One live value of a task, deserialized once. Three layers: the live value (which may be dirty), the committed bytes that are not in
 * the store yet (pending), and the store below.
 */
final class Cell<T> {

    final ValueCells<T> owner;
    final Bytes key;

    @Nullable
    T value;

    boolean dirty;
    /** Record that changed it last; its undo is logged already when this is the current record. */
    long changedBy;
    /** Sequence of the newest pending delta that holds it, or 0 when the store is up to date. */
    long pendingSince;

    byte @Nullable [] pending;
    boolean touched;

    Cell(ValueCells<T> owner, Bytes key, @Nullable T value) {
        this.owner = owner;
        this.key = key;
        this.value = value;
    }
}
