package io.tidemark.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is committed and not in the store yet, as the cells it is held in: of a row that several checkpoints changed, only the newest committed
 * value counts, so what waits never takes more than the rows it concerns. Always folded as whole checkpoints.
 */
final class PendingChanges {

    /** Maps that were cleared: their rows go before the entries that were put into them since. */
    private final List<Cell> cleared = new ArrayList<>();

    private final List<Cell> cells = new ArrayList<>();
    private final List<StateChange> withoutCell = new ArrayList<>();
    private @Nullable StorePosition newest;
    private long bytes;

    /** A drained delta is committed. */
    void add(Drained drained, StorePosition position) {
        newest = position;
        withoutCell.addAll(drained.withoutCell());
        for (int i = 0; i < drained.cellCount(); i++) {
            Cell cell = drained.cell(i);
            if (!cell.pending) {
                (cell instanceof MapOfKey<?, ?> ? cleared : cells).add(cell);
            }
            bytes -= cell.pendingBytes();
            cell.committed(drained.changes(), drained.start(i), drained.end(i));
            bytes += cell.pendingBytes();
        }
    }

    boolean isWithoutCell() {
        return !withoutCell.isEmpty();
    }

    boolean isEmpty() {
        return newest == null;
    }

    long sizeInBytes() {
        return bytes;
    }

    /** Writes all of it in one batch. */
    void foldInto(StateStore store) {
        StorePosition position = newest;
        if (position == null) {
            return;
        }
        List<StateChange> batch = new ArrayList<>(withoutCell.size() + cleared.size() + cells.size());
        batch.addAll(withoutCell);
        cleared.forEach(cell -> cell.foldTo(batch));
        cells.forEach(cell -> cell.foldTo(batch));
        store.apply(batch, position);
        cleared.forEach(Cell::folded);
        cells.forEach(Cell::folded);
        cleared.clear();
        cells.clear();
        withoutCell.clear();
        bytes = 0;
        newest = null;
    }
}
