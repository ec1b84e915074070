package io.tidemark.api;

/**
 * A codec whose bytes do not describe themselves: they name one of the schemas that are stored with the state. Each task has the history
 * of its own store, the schemas its values were written with so far; a history is text and only ever grows at its end.
 *
 * @param <T> the values' type
 */
public interface VersionedCodec<T> extends StateCodec<T> {

    /** The history of a state without any. */
    String NO_HISTORY = "";

    /**
     * What to store instead of a history before the first value of this codec is written, so that both what is there and what will be
     * written can be read.
     *
     * @param id id of the codec of what is stored; {@link StateCodec#reads} said that it can be read
     * @param history what is stored, or {@link #NO_HISTORY}
     * @throws IllegalArgumentException when there is no room for another schema
     */
    String historyAfter(String id, String history);

    /**
     * This codec for a task with that history, which {@link #historyAfter} gave.
     *
     * @throws IllegalArgumentException when it does not name the schema of this codec
     */
    VersionedCodec<T> withHistory(String history);
}
