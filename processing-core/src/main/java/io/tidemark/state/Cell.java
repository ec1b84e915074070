package io.tidemark.state;

import io.tidemark.stream.CheckpointId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something live under one key of one state. Three layers: what is live (which may be dirty), what is committed but not in the store yet
 * (pending), and the store below. A cell keeps its own undo, so that a change costs no allocation.
 */
abstract class Cell {

    boolean dirty;

    /** Record that changed it last; its undo is remembered already when this is the current record. */
    long changedBy = -1;

    /** Whether something of it is committed that the store does not hold yet. */
    boolean pending;

    private boolean dirtyBefore;

    /** Remembers what {@link #undo} goes back to. */
    void remember() {
        dirtyBefore = dirty;
    }

    /** The record is over and its changes stand: {@link #undo} will not be called for it. */
    void forgetBefore() {
        // Most have nothing to let go of.
    }

    /** The current record never changed it. */
    void undo() {
        dirty = dirtyBefore;
        changedBy = -1;
    }

    /** The state it is part of. */
    abstract Cells owner();

    /** Whether what it drains puts a value somewhere, rather than only removing. */
    boolean puts() {
        return false;
    }

    /** What would not come back as it is of what changed in it, or {@code null}. */
    @Nullable
    String problem() {
        return null;
    }

    /** Appends the row changes that lead from the committed to the live content. */
    abstract void drainTo(List<StateChange> changes, CheckpointId id);

    /**
     * Looks at what {@link #drainTo} will need, so that memory is asked for it early.
     *
     * @return a number that says nothing
     */
    int comeCloser() {
        return 0;
    }

    /** Bytes one of its dirty rows will take, by looking at one of them. */
    abstract int sampleRowBytes();

    /**
     * What was drained is committed: of all changes those from {@code from} up to {@code to}, which it drained.
     */
    void committed(List<StateChange> changes, int from, int to) {
        dirty = false;
        pending = true;
    }

    /** Bytes of what is pending of it; what a later checkpoint replaced does not count. */
    abstract long pendingBytes();

    /** Appends the row changes that bring the store up to what is committed. */
    abstract void foldTo(List<StateChange> changes);

    /** Everything pending is in the store. */
    void folded() {
        pending = false;
    }

    /** Falls back to the committed content. */
    void discard() {
        dirty = false;
        changedBy = -1;
    }
}
