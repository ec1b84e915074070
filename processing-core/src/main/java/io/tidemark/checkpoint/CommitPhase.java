package io.tidemark.checkpoint;

/** Where one worker stands in its checkpoint. All tasks of a worker share one transaction and therefore one phase. */
public enum CommitPhase {
    /** Records are processed; a transaction may be open. */
    RUNNING,
    /** Deltas are being drained, appended and flushed. */
    PREPARING,
    /** The pointers are being added to the transaction. */
    OFFERING,
    /** The transaction was asked to commit: from here on no failure can be taken for an abort. */
    DECIDING,
    /** The checkpoint is decided; its deltas become pending and listeners are told. */
    COMPLETING,
    /** The attempt is void: the transaction is aborted and the tasks go back to their committed checkpoints. */
    REWINDING,
    /** Nobody can tell the outcome, or the producer is unusable: a new producer resolves it, then the pointers decide. */
    DOUBT
}
