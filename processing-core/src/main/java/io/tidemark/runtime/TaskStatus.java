package io.tidemark.runtime;

import org.jspecify.annotations.Nullable;

/**
 * What is to be told about one task of this instance.
 *
 * @param partition its partition number
 * @param phase where it stands
 * @param checkpoint number of its committed checkpoint, or -1
 * @param lag records between its position and the end of its inputs, or -1 when unknown
 * @param message why it does not go on, if it does not
 */
public record TaskStatus(
        int partition,
        Phase phase,
        long checkpoint,
        long lag,
        @Nullable String message) {

    /** Where a task stands. */
    public enum Phase {
        /** Not all of its input partitions are assigned yet. */
        INCOMPLETE,
        RESTORING,
        RUNNING,
        /** A record failed and is tried again after a pause. */
        RETRYING,
        /** A record failed as often as it may; the task stops before it. */
        ISOLATED,
        REFUSED,
        AWAITING_UPGRADE
    }
}
