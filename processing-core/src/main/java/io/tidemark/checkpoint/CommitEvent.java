package io.tidemark.checkpoint;

/** What the runtime reports. */
public enum CommitEvent {
    /** A trigger fired and at least one task has something to say. */
    CHECKPOINT_DUE,
    /** Every delta is on the broker and its offsets are known. */
    DELTAS_APPENDED,
    /** The broker took the pointers into the transaction. */
    OFFSETS_SENT,
    /** The transaction is committed. */
    COMMITTED,
    /** What follows the decision is done. */
    COMPLETED,
    /** The attempt certainly does not commit: a record failed, partitions were lost, the group refused, an abortable error. */
    ATTEMPT_VOID,
    /** Transaction aborted, tasks back at their committed checkpoints. */
    REWOUND,
    /** The outcome is unknown or the producer is broken. */
    IN_DOUBT,
    /** A new producer is initialized, so nothing of the old one is undecided any more. */
    PRODUCER_REPLACED,
    /** No new producer could be initialized yet. */
    PRODUCER_UNAVAILABLE
}
