package io.tidemark.state;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Committed deltas the store does not hold yet, oldest first. Always folded as whole checkpoints. */
final class PendingDeltas {

    private record PendingDelta(long sequence, Drained drained, StorePosition position) {}

    private final Deque<PendingDelta> deltas = new ArrayDeque<>();
    private long sequence;
    private long bytes;
    private boolean withoutCell;

    void add(Drained drained, StorePosition position) {
        sequence++;
        List<Cell> cells = drained.cells();
        for (int i = 0; i < cells.size(); i++) {
            cells.get(i).committed(sequence, drained.part(i));
        }
        bytes += drained.sizeInBytes();
        withoutCell |= !drained.withoutCell().isEmpty();
        PendingDelta last = deltas.peekLast();
        if (drained.changes().isEmpty() && cells.isEmpty() && last != null) {
            // only the position moved: kept apart, such checkpoints would pile up until the next change
            deltas.removeLast();
            deltas.addLast(new PendingDelta(last.sequence(), last.drained(), position));
        } else {
            deltas.addLast(new PendingDelta(sequence, drained, position));
        }
    }

    boolean isWithoutCell() {
        return withoutCell;
    }

    boolean isEmpty() {
        return deltas.isEmpty();
    }

    long sizeInBytes() {
        return bytes;
    }

    /** Writes all of them in one batch; what a later checkpoint replaced is left out. */
    void foldInto(StateStore store) {
        PendingDelta newest = deltas.peekLast();
        if (newest == null) {
            return;
        }
        List<StateChange> batch = new ArrayList<>();
        for (PendingDelta delta : deltas) {
            Drained drained = delta.drained();
            List<Cell> cells = drained.cells();
            batch.addAll(drained.withoutCell());
            for (int i = 0; i < cells.size(); i++) {
                if (cells.get(i).needs(delta.sequence())) {
                    batch.addAll(drained.part(i));
                }
            }
        }
        store.apply(batch, newest.position());
        for (PendingDelta delta : deltas) {
            delta.drained().cells().forEach(Cell::folded);
        }
        deltas.clear();
        bytes = 0;
        withoutCell = false;
    }
}
