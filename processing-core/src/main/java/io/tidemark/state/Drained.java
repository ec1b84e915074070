package io.tidemark.state;

import java.util.List;

/**
 * The dirty cells of one checkpoint as row changes. Between drain and decision nothing is processed, so the cells still hold exactly
 * what is in the changes.
 */
public final class Drained {

    private final List<StateChange> changes;
    private final Cell[] cells;
    private final int[] starts;
    private final List<Cells> described;

    /**
     * @param starts where the part of each cell begins; it ends where the next begins
     * @param described states whose schemas are among the changes
     */
    Drained(List<StateChange> changes, Cell[] cells, int[] starts, List<Cells> described) {
        this.changes = changes;
        this.cells = cells;
        this.starts = starts;
        this.described = described;
    }

    /** Whether schemas of states are among the changes. */
    public boolean describesStates() {
        return !described.isEmpty();
    }

    List<Cells> described() {
        return described;
    }

    /** All changes of the checkpoint, in order. */
    public List<StateChange> changes() {
        return changes;
    }

    /** Size of what is stored for all of it. */
    public long sizeInBytes() {
        long size = 0;
        for (StateChange change : changes) {
            size += change.sizeInBytes();
        }
        return size;
    }

    int cellCount() {
        return cells.length;
    }

    /** One of the cells that were drained, in order. */
    Cell cell(int index) {
        return cells[index];
    }

    /** Where the changes of a cell begin. */
    int start(int cell) {
        return starts[cell];
    }

    /** Where the changes of a cell end. */
    int end(int cell) {
        return cell + 1 < starts.length ? starts[cell + 1] : changes.size();
    }

    /** The changes that belong to no cell; they come first. */
    List<StateChange> withoutCell() {
        return changes.subList(0, starts.length == 0 ? changes.size() : starts[0]);
    }
}
