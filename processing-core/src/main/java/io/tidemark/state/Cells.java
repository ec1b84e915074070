package io.tidemark.state;

import io.tidemark.api.StateDescriptor;

/** What one state keeps live; also the handle the author's code holds. */
abstract class Cells {

    final KeyedState state;

    /** What the rows of the state start with. */
    final byte[] rows;

    private final RowKind kind;
    private final StateDescriptor<?> descriptor;

    Cells(RowKind kind, StateDescriptor<?> descriptor, KeyedState state) {
        this.kind = kind;
        this.descriptor = descriptor;
        this.state = state;
        this.rows = RowKey.statePrefix(kind, descriptor.name());
    }

    StateDescriptor<?> descriptor() {
        return descriptor;
    }

    /** Kind of its rows. */
    final RowKind kind() {
        return kind;
    }

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
