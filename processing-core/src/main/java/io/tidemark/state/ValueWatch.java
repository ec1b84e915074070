package io.tidemark.state;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Watches values for changes in place: as long as a cell holds the same object, its bytes must be what they were when the object was set or
 * read. For debugging; takes a copy of the bytes of every live value.
 */
final class ValueWatch {

    private final IdentityHashMap<RowCell<?>, Seen> seen = new IdentityHashMap<>();
    private final Set<RowCell<?>> inRecord = Collections.newSetFromMap(new IdentityHashMap<>());
    private @Nullable Cell found;

    private record Seen(Object value, byte[] bytes) {}

    /** A record is about to be given the value of a cell. */
    <T> void looked(RowCell<T> cell) {
        check(cell);
        remember(cell);
    }

    /** A record is about to set another value. */
    <T> void changing(RowCell<T> cell, @Nullable T next) {
        if (next == cell.value) {
            check(cell); // an object that was changed and set again: an undo could not bring back what it was
        }
    }

    /** A record has set a value. */
    <T> void changed(RowCell<T> cell) {
        seen.remove(cell);
        remember(cell);
    }

    /** A cell is not among the live ones any more. */
    void gone(RowCell<?> cell) {
        seen.remove(cell);
    }

    /** A cell of this record whose value was changed in place, or {@code null}; asking forgets it. */
    @Nullable
    Cell changedInPlace() {
        inRecord.forEach(this::check);
        inRecord.clear();
        Cell cell = found;
        found = null;
        return cell;
    }

    private <T> void remember(RowCell<T> cell) {
        inRecord.add(cell);
        T value = cell.value;
        Seen before = seen.get(cell);
        if (value != null && (before == null || before.value() != value)) {
            seen.put(cell, new Seen(value, cell.codec().encode(value)));
        }
    }

    private <T> void check(RowCell<T> cell) {
        T value = cell.value;
        Seen before = seen.get(cell);
        if (value != null
                && before != null
                && value == before.value()
                && cell.codec().codec().hasStableBytes(value)
                && !Arrays.equals(before.bytes(), cell.codec().encode(value))) {
            found = cell;
        }
    }
}
