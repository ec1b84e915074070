package io.tidemark.api;

/** The author's code of one task, bound to that task's states. Called on the task's thread only. */
@FunctionalInterface
public interface RecordHandler {

    /**
     * Processes one record wholly or, by throwing, not at all: state and output of a call that throws are undone.
     *
     * @throws Throwable whatever the author's code throws
     */
    @SuppressWarnings("checkstyle:IllegalThrows")
    void handle(IncomingRecord record, RecordEmitter out) throws Throwable;

    /** The task is over: releases what the handler was bound with. Called once, on the task's thread. */
    default void close() {}
}
