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
 * @param record the record it stops before, if it does
 */
public record TaskStatus(
        int partition,
        Phase phase,
        long checkpoint,
        long lag,
        @Nullable String message,
        @Nullable RecordId record) {

    public TaskStatus(int partition, Phase phase, long checkpoint, long lag, @Nullable String message) {
        this(partition, phase, checkpoint, lag, message, null);
    }

    /** Whether it may not process anything until something outside is put right. */
    boolean mayNotRun() {
        return phase == Phase.REFUSED || phase == Phase.AWAITING_UPGRADE;
    }

    TaskStatus withLag(long other) {
        return new TaskStatus(partition, phase, checkpoint, other, message, record);
    }

    /** While it stops before a record, its input was deleted under it. */
    TaskStatus butDeleted(String records) {
        return new TaskStatus(
                partition,
                phase,
                checkpoint,
                lag,
                message + ". Meanwhile input was deleted (" + records
                        + ") and cannot be processed any more: the record it stops before can only be skipped, and the task is"
                        + " refused if more than that one is gone",
                record);
    }

    TaskStatus stoppedBefore(@Nullable RecordId other) {
        return new TaskStatus(partition, phase, checkpoint, lag, message, other);
    }

    /** Where a task stands. */
    public enum Phase {
        /** Not all of its input partitions are assigned yet. */
        INCOMPLETE,
        RESTORING,
        RUNNING,
        /** A record failed and is tried again after a pause. */
        RETRYING,
        /** Something a record needs is away: it is tried again until that is back. */
        WAITING,
        /** A record failed as often as it may; the task stops before it. */
        ISOLATED,
        REFUSED,
        AWAITING_UPGRADE
    }
}
