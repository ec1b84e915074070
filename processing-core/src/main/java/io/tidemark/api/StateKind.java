package io.tidemark.api;

/** How the rows of a state are laid out. Names are stored with the state, so they never change. */
public enum StateKind {
    /** One row per key. */
    VALUE,
    /** One row per key and element. */
    LIST,
    /** One row per key and entry. */
    MAP
}
