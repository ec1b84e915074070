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

    /** The record it stops before was deleted under it. */
    TaskStatus butDeleted() {
        return new TaskStatus(
                partition,
                phase,
                checkpoint,
                lag,
                message
                        + ". Meanwhile the record was deleted from its topic: it can only be skipped now, before a restart, and the task"
                        + " is refused if records behind it are gone as well",
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
