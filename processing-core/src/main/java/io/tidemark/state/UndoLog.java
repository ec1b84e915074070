package io.tidemark.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the current record changed, so that a handler that throws leaves no trace. */
final class UndoLog {

    private final List<Entry<?>> entries = new ArrayList<>();

    <T> void remember(Cell<T> cell) {
        entries.add(new Entry<>(cell, cell.value, cell.dirty));
    }

    void forget() {
        if (!entries.isEmpty()) {
            entries.clear();
        }
    }

    /** Puts everything back, newest first. */
    void undo() {
        for (int i = entries.size() - 1; i >= 0; i--) {
            entries.get(i).restore();
        }
        entries.clear();
    }

    private record Entry<T>(Cell<T> cell, @Nullable T value, boolean dirty) {
        void restore() {
            cell.value = value;
            cell.dirty = dirty;
            cell.changedBy = -1;
        }
    }
}
