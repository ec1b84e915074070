package io.tidemark.api;

/** How the rows of a state are laid out. */
public enum StateKind {
    /** One value per key. */
    VALUE
}
