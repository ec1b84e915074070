package io.tidemark.checkpoint;

/** What the runtime has to do, in order; the outcome of the last one is the next event. */
public enum CommitAction {
    /** Drain each task that has something to say into a delta, append it, flush, learn the offsets. */
    PREPARE_DELTAS,
    /** Check that every dirty task was kept without interruption, then add the pointers with the group membership of this moment. */
    SEND_OFFSETS,
    COMMIT_TRANSACTION,
    /** Make the drained deltas pending, advance the committed checkpoint of each task, tell the listeners. */
    COMPLETE_CHECKPOINT,
    ABORT_TRANSACTION,
    /** Let dirty cells fall back to pending or stored values. */
    DISCARD_DIRTY,
    /** Seek every task to its committed positions. */
    REWIND_TASKS,
    /** Forget all live state of all tasks; their stores stay. */
    DROP_CELLS,
    /** Close the producer without waiting, make a new one under the same transactional id, initialize transactions. */
    REPLACE_PRODUCER,
    /** Read the committed pointers and let the recovery table decide for every task. */
    RECOVER_TASKS
}
