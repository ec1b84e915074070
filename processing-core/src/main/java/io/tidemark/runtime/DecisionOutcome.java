package io.tidemark.runtime;

/** What became of a decision about a record. */
public enum DecisionOutcome {
    /** The task goes on as it says. */
    TAKEN,
    /** No task of this instance stops before that record. Nothing is changed. */
    NOT_STOPPED,
    /** The record was deleted from its topic meanwhile, so it can only be skipped. Nothing is changed. */
    RECORD_GONE,
    /** The record's dead-letter topic does not exist. Nothing is changed. */
    NO_DEAD_LETTER_TOPIC
}
