package io.tidemark.state;

import io.tidemark.api.StateDescriptor;
import io.tidemark.error.ProcessorFailed;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** What is to be stored about the state with its first value; empty once it is. */
    List<StateChange> description = List.of();

    /** Classes of values that came back as they were, and the one that was asked for last. */
    private final Set<Class<?>> proven = new HashSet<>();

    private @Nullable Class<?> lastProven;

    /**
     * Looks at the first value of each class that is set: what cannot be made up at start shows itself here, before anything of it is
     * committed.
     */
    final <T> void prove(CheckedCodec<T> codec, T value) {
        Class<?> type = value.getClass();
        if (type != lastProven) {
            if (!proven.contains(type)) {
                String problem = codec.problemWith(value);
                if (problem != null) {
                    throw state.failed(unstorable(problem));
                }
                proven.add(type);
            }
            lastProven = type;
        }
    }

    final ProcessorFailed unstorable(String problem) {
        return new ProcessorFailed("a value of state '" + name() + "' cannot be stored: " + problem, null);
    }

    /** Looks at what is live under keys that are coming, for nothing but having it near. */
    void comeCloser(byte[][] keys, int count) {}

    final String name() {
        return descriptor.name();
    }

    /** Live values, dirty and clean. */
    abstract int count();

    /** Drops clean values the store can answer for; those not used since the last call first, all of them if {@code all}. */
    abstract void evict();

    /** Whether the store's row of that key and sub-key is replaced or removed by what is pending. */
    abstract boolean isPending(Bytes key, byte[] subKey);

    /** A cell may have gone: nothing found for the current record counts any more. */
    abstract void forgetCurrent();

    final void requireValue(@Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("State '" + name() + "' cannot hold null; remove or clear instead");
        }
    }
}
