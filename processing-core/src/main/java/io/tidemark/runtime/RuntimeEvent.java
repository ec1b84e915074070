package io.tidemark.runtime;

import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.TaskId;
import java.time.Duration;

/** What happened in the runtime. Emitted on the worker's thread; listeners must be quick and must not throw. */
public sealed interface RuntimeEvent {

    String processor();

    /** A task was assigned to this worker and is being brought to its committed checkpoint. */
    record TaskAssigned(TaskId task) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /**
     * A task stands at its committed checkpoint and processes.
     *
     * @param source where its state came from
     * @param took from assignment to ready
     * @param bytes changelog bytes read
     */
    record TaskRestored(TaskId task, RestoreSource source, Duration took, long bytes) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** Where a task's state came from. */
    enum RestoreSource {
        NEW,
        LOCAL,
        ROLL_FORWARD,
        CHANGELOG
    }

    /** A task cannot go on without a person; it stays paused and is looked at again. */
    record TaskRefused(TaskId task, String reason, String message) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** A task is no longer this worker's. */
    record TaskReleased(TaskId task, boolean lost) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** A local store was set aside. */
    record StoreQuarantined(TaskId task, String reason) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** The producer of a former owner was fenced because its open transaction was in the way. */
    record OwnerFenced(TaskId task, String transactionalId) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /**
     * A checkpoint of a worker is committed.
     *
     * @param tasks tasks with a delta in it
     * @param records records it covers
     * @param bytes changelog bytes it wrote
     * @param took from the trigger to the decision
     */
    record CheckpointCommitted(String processor, int tasks, long records, long bytes, Duration took)
            implements RuntimeEvent {}

    /** A task's part of a committed checkpoint. */
    record TaskCheckpointed(TaskId task, CheckpointId checkpoint) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** An attempt did not commit; its tasks went back to their committed checkpoints. */
    record CheckpointAborted(String processor, String reason) implements RuntimeEvent {}

    /** The outcome of a commit was unknown, or the producer was lost; the committed pointers decide. */
    record ProducerReplaced(String processor, String reason) implements RuntimeEvent {}

    /** No producer can be made: nothing is processed until one can. Told again every few seconds. */
    record ProducerUnavailable(String processor, String reason) implements RuntimeEvent {}

    /** A record failed and is tried again. */
    record RecordFailed(TaskId task, String message, int attempt, Throwable cause) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** Committed changes could not be written to the local store; they are kept and tried again. */
    record StoreWriteFailed(TaskId task, String message) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** A worker failed and is restarted after a pause. */
    record WorkerRestarting(String processor, int worker, String message, Duration pause, Throwable cause)
            implements RuntimeEvent {}

    /** A processor stopped for good on this instance. */
    record ProcessorStopped(String processor, String message) implements RuntimeEvent {}
}
