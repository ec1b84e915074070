package io.tidemark.state;

import io.tidemark.error.StorageFailed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the committed rows of one task live. Never holds anything undecided. Confined to the thread that owns the task. */
public interface StateStore extends StateReader, AutoCloseable {

    /** The checkpoint the store holds, or {@code null} for a store that holds none. */
    @Nullable
    StorePosition position();

    /**
     * Applies whole checkpoints, in order, together with the position they lead to: all of it or nothing.
     *
     * @param changes the changes in order; a later one of the same row wins
     * @param position the checkpoint the store holds afterwards; {@code null} while a restore has not brought all rows yet, and the store
     *     holds none
     * @throws StorageFailed when it cannot be written; the store is unchanged
     */
    void apply(List<StateChange> changes, @Nullable StorePosition position);

    /** Rows in the store, estimated. */
    long approximateRows();

    /** Bytes the store occupies, estimated. */
    long approximateBytes();

    @Override
    void close();
}
