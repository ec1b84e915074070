package io.tidemark.state;

import io.tidemark.api.StateDescriptor;
import java.util.Arrays;

/** What one state keeps live; also the handle the author's code holds. */
abstract class Cells {

    final KeyedState state;

    /** What the rows of the state start with. */
    final byte[] rows;

    private final StateDescriptor<?> descriptor;

    Cells(RowKind kind, StateDescriptor<?> descriptor, KeyedState state) {
        this.descriptor = descriptor;
        this.state = state;
        this.rows = RowKey.statePrefix(kind, descriptor.name());
    }

    StateDescriptor<?> descriptor() {
        return descriptor;
    }

    /** Whether a row is one of this state's. */
    final boolean owns(byte[] row) {
        return row.length >= rows.length && Arrays.equals(row, 0, rows.length, rows, 0, rows.length);
    }

    /** Looks at what is live under keys that are coming, for nothing but having it near. */
    void comeCloser(byte[][] keys, int count) {}

    final String name() {
        return descriptor.name();
    }

    /** Live values, dirty and clean. */
    abstract int count();

    /** Drops clean values the store can answer for; those not used since the last call first, all of them if {@code all}. */
    abstract void evict(boolean all);

    /** Whether the store's row of that key and sub-key is replaced or removed by what is pending. */
    abstract boolean isPending(Bytes key, byte[] subKey);

    /** A cell may have gone: nothing found for the current record counts any more. */
    abstract void forgetCurrent();

    final void requireValue(@org.jspecify.annotations.Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("State '" + name() + "' cannot hold null; remove or clear instead");
        }
    }
}
