package io.tidemark.api;

/**
 * What a version does with state that another version has written since, when it would have to leave something out: it is an older one in a
 * rolling upgrade, or somebody goes back to it on purpose. State that it reads whole is simply used.
 */
public enum OnNewerState {
    /** Leave the task alone until this instance is upgraded; health is OUT_OF_SERVICE and says what is in the way. */
    WAIT,
    /** Refuse the task; health is DOWN. */
    REFUSE,
    /** Go on: fields it does not know are dropped as values are read, states it does not declare stay where they are. */
    READ_KNOWN
}
