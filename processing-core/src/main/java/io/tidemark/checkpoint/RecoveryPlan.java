package io.tidemark.checkpoint;

import io.tidemark.stream.Positions;

/** How a task gets to its committed checkpoint. */
public sealed interface RecoveryPlan {

    /** No history anywhere: commit checkpoint 0 at the configured start, then process. */
    record StartNew() implements RecoveryPlan {}

    /** The local store is the committed checkpoint. */
    record UseLocal(CheckpointRef target, Positions positions) implements RecoveryPlan {}

    /**
     * The local store is older: read the deltas after it. The first one must name it as its parent, else the store is off the chain.
     *
     * @param from changelog offset to read from
     */
    record RollForward(CheckpointRef target, Positions positions, long from) implements RecoveryPlan {}

    /**
     * Restore everything from the base.
     *
     * @param unusable why the local store is not used; empty when there is none
     * @param stale whether that is only because it is old: nothing is wrong with it that anybody would want to look at
     */
    record ReplayBase(CheckpointRef target, Positions positions, String unusable, boolean stale)
            implements RecoveryPlan {}

    /** What is there contradicts the pointer, which may only be seen late: look again. */
    record LookAgain(CheckpointRef target, String message) implements RecoveryPlan {}

    /**
     * Nothing certain can be said, or going on would lose or repeat data.
     *
     * @param reason what kind of thing it is
     * @param message what was found
     * @param advice what to do
     */
    record Refuse(Reason reason, String message, String advice) implements RecoveryPlan {}

    /** Kinds of refusal. */
    enum Reason {
        NO_HISTORY,
        OFFSETS_LOST,
        OFFSETS_CHANGED,
        OFFSETS_INCOMPLETE,
        TOPIC_RECREATED,
        TOPIC_REPARTITIONED,
        CHANGELOG_DAMAGED,
        POSITION_LOST,
        INPUT_UNREADABLE,
        STATE_INCOMPATIBLE
    }
}
