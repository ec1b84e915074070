package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * A codec whose bytes do not describe themselves: they name one of the schemas that are stored with the state. Each task has the history
 * of its own store, the schemas its values were written with so far.
 *
 * @param <T> the values' type
 */
public interface VersionedCodec<T> extends StateCodec<T> {

    /**
     * What to store instead of a format once the first value of this codec is written, so that both what is there and what will be written can
     * be read.
     *
     * @param stored what is stored, or {@code null} when nothing is; {@link #fit} said that it can be read
     * @throws IllegalArgumentException when there is no room for another schema
     */
    StoredFormat formatAfter(@Nullable StoredFormat stored);

    /**
     * This codec for a task whose store has that format, which {@link #formatAfter} gave.
     *
     * @throws IllegalArgumentException when it is not one this codec writes
     */
    StateCodec<T> boundTo(StoredFormat format);
}
