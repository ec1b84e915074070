package io.tidemark.runtime;

import io.tidemark.checkpoint.CheckpointRef;
import io.tidemark.checkpoint.RecoveryPlan;
import io.tidemark.runtime.RuntimeEvent.RestoreSource;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.Positions;
import io.tidemark.task.InputDifference;
import io.tidemark.task.Reconciled;
import org.jspecify.annotations.Nullable;

/** What one step of a restore came to. */
sealed interface RestoreOutcome {

    /** Not there yet; step again. */
    record Waiting() implements RestoreOutcome {}

    /**
     * The store stands at the committed checkpoint.
     *
     * @param committed the checkpoint, or {@code null} for a new task
     * @param positions where reading goes on
     * @param base how far the rolling base was at that checkpoint
     * @param inputs how its inputs differ from those of that checkpoint, as somebody wants it
     * @param schemas what is written about the states
     * @param source where the state came from
     * @param bytes changelog bytes read
     */
    record Ready(
            @Nullable CheckpointRef committed,
            Positions positions,
            BaseProgress base,
            InputDifference inputs,
            Reconciled schemas,
            RestoreSource source,
            long bytes)
            implements RestoreOutcome {}

    /** The local storage cannot be used now; tried again. */
    record Delayed(String message) implements RestoreOutcome {}

    /** Somebody outside does not answer, or is in the way, for longer than a hiccup; it goes on by itself once that is over. */
    record Held(String message) implements RestoreOutcome {}

    /** Left alone until somebody acts. */
    record Stopped(RecoveryPlan.Reason reason, String message, String advice) implements RestoreOutcome {}

    /** Left alone until this instance is upgraded. */
    record TooOld(String message) implements RestoreOutcome {}
}
