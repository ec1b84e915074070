package io.tidemark.state;

import java.util.List;

/**
 * The dirty cells of one checkpoint as row changes. Between drain and decision nothing is processed, so the cells still hold exactly
 * what is in the changes.
 */
public final class Drained {

    private final List<StateChange> changes;
    private final List<Cell<?>> cells;

    Drained(List<StateChange> changes, List<Cell<?>> cells) {
        this.changes = changes;
        this.cells = cells;
    }

    /** All changes of the checkpoint, in order. */
    public List<StateChange> changes() {
        return changes;
    }

    /** The cells of the last {@code cells().size()} changes; changes before them belong to no cell. */
    List<Cell<?>> cells() {
        return cells;
    }
}
