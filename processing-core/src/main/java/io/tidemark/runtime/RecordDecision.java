package io.tidemark.runtime;

/** What a person says becomes of the record a task stops before. */
public enum RecordDecision {
    /** It is tried again, as often as at first. */
    RETRY,
    /** It is left out. */
    SKIP,
    /** It goes to the dead-letter topic. */
    DEAD_LETTER
}
