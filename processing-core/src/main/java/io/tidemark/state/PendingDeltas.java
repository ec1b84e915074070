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

    void add(Drained drained, StorePosition position) {
        sequence++;
        List<StateChange> changes = drained.changes();
        List<Cell<?>> cells = drained.cells();
        int first = changes.size() - cells.size();
        for (int i = 0; i < cells.size(); i++) {
            Cell<?> cell = cells.get(i);
            cell.dirty = false;
            cell.pendingSince = sequence;
            cell.pending = changes.get(first + i).value();
        }
        for (StateChange change : changes) {
            bytes += change.sizeInBytes();
        }
        deltas.addLast(new PendingDelta(sequence, drained, position));
    }

    boolean isEmpty() {
        return deltas.isEmpty();
    }

    long sizeInBytes() {
        return bytes;
    }

    /** Writes all of them in one batch; a row that several checkpoints changed is written once. */
    void foldInto(StateStore store) {
        PendingDelta newest = deltas.peekLast();
        if (newest == null) {
            return;
        }
        List<StateChange> batch = new ArrayList<>();
        for (PendingDelta delta : deltas) {
            List<StateChange> changes = delta.drained().changes();
            List<Cell<?>> cells = delta.drained().cells();
            int first = changes.size() - cells.size();
            batch.addAll(changes.subList(0, first));
            for (int i = 0; i < cells.size(); i++) {
                if (cells.get(i).pendingSince == delta.sequence()) {
                    batch.add(changes.get(first + i));
                }
            }
        }
        store.apply(batch, newest.position());
        for (PendingDelta delta : deltas) {
            for (Cell<?> cell : delta.drained().cells()) {
                if (cell.pendingSince <= newest.sequence()) {
                    cell.pendingSince = 0;
                    cell.pending = null;
                }
            }
        }
        deltas.clear();
        bytes = 0;
    }
}
