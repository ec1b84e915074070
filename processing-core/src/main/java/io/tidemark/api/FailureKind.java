package io.tidemark.api;

/** What a failure says about trying its record again. */
public enum FailureKind {

    /** Trying again cannot help: the record cannot be read, or is not what it should be. It is left to {@code on-error} at once. */
    NEVER,

    /**
     * Something the record needs is away: a registry, a database, another service. The record is tried again with growing pauses for as
     * long as it takes, and never given up, whatever {@code on-error} says; the rest of its partition waits behind it.
     */
    LATER,

    /** Nobody knows. The record is tried as often as {@code max-attempts} says, then left to {@code on-error}. */
    AGAIN
}
