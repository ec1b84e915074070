package io.tidemark.state;

import io.tidemark.stream.CheckpointId;
import java.util.List;

/**
 * Something live under one key of one state. Three layers: what is live (which may be dirty), what is committed but not in the store yet
 * (pending), and the store below. A cell keeps its own undo, so that a change costs no allocation.
 */
abstract class Cell {

    boolean dirty;

    /** Record that changed it last; its undo is remembered already when this is the current record. */
    long changedBy = -1;

    /** Sequence of the newest pending delta it has a part in, or 0 when the store is up to date. */
    long pendingSince;

    private boolean dirtyBefore;

    /** Remembers what {@link #undo} goes back to. */
    void remember() {
        dirtyBefore = dirty;
    }

    /** The current record never changed it. */
    void undo() {
        dirty = dirtyBefore;
        changedBy = -1;
    }

    /** Appends the row changes that lead from the committed to the live content. */
    abstract void drainTo(List<StateChange> changes, CheckpointId id);

    /** Bytes one of its dirty rows will take, by looking at one of them. */
    abstract int sampleRowBytes();

    /**
     * What was drained is committed.
     *
     * @param sequence number of the pending delta
     * @param part exactly the changes it drained
     */
    void committed(long sequence, List<StateChange> part) {
        dirty = false;
        pendingSince = sequence;
    }

    /** Whether its part of a pending delta still has to reach the store: a later delta may say all there is to say. */
    boolean needs(long sequence) {
        return pendingSince == sequence;
    }

    /** Everything pending is in the store. */
    void folded() {
        pendingSince = 0;
    }

    /** Falls back to the committed content. */
    void discard() {
        dirty = false;
        changedBy = -1;
    }
}
