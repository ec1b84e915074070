package io.tidemark.api;

/**
 * Makes a value of the present type out of one of an earlier type, where that is more than added and removed fields. Named by
 * {@code @State(migrate = ...)}; the earlier type stays in the code as long as values of it may be stored. Both types are written where this
 * interface is implemented, without type variables.
 *
 * <p>Runs when a value is read, on the task's thread, as often as it is read before it is written anew. Has a constructor without
 * arguments, keeps nothing, and is deterministic. An exception fails the record that needs the value.
 *
 * @param <O> the earlier type
 * @param <N> the present type
 */
@FunctionalInterface
public interface StateMigration<O, N> {

    /** The same value as the present type has it; never {@code null}. */
    N migrate(O earlier);
}
