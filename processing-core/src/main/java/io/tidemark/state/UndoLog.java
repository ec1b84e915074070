package io.tidemark.state;

import java.util.ArrayList;
import java.util.List;

/** What the current record changed, so that a handler that throws leaves no trace. */
final class UndoLog {

    private final List<Cell> changed = new ArrayList<>();

    void remember(Cell cell) {
        cell.remember();
        changed.add(cell);
    }

    /** What was changed so far. */
    List<Cell> cells() {
        return changed;
    }

    void forget() {
        for (int i = 0; i < changed.size(); i++) {
            changed.get(i).forgetBefore();
        }
        changed.clear();
    }

    /** Puts everything back. */
    void undo() {
        changed.forEach(Cell::undo);
        changed.clear();
    }
}
