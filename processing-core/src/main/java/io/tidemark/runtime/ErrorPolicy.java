package io.tidemark.runtime;

/** What becomes of a record that failed as often as it may. */
public enum ErrorPolicy {
    /** Its task stops before it; other tasks go on. Nothing is lost, and a restart tries the record again. */
    FAIL,
    /** It is left out, and said so. */
    SKIP,
    /** It goes to the dead-letter topic, in the same transaction as everything else. */
    DEAD_LETTER
}
