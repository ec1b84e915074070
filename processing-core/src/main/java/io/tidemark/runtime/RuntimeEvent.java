package io.tidemark.runtime;

import io.tidemark.api.FailureKind;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened in the runtime. Emitted on the worker's thread, or on that of the watchdog; listeners must be quick and must not throw. */
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

    /** A task has had only some of its input partitions for a while. */
    record TaskIncomplete(TaskId task, String message) implements RuntimeEvent {
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

    /** A state is new, stored in another form from now on, or dropped. */
    record StateChanged(TaskId task, String message) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /**
     * Workers have been waiting for their place in the group for longer than joining takes.
     *
     * @param atMost how long that may last, in words
     */
    record GroupAwaited(String processor, String atMost) implements RuntimeEvent {}

    /** State that another version has written is used without what this version does not know, as it was told to. */
    record StateLeftOut(TaskId task, String message) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /**
     * A task with state has other inputs from now on, as somebody wants it; its next checkpoint says so, before any record.
     *
     * @param adopted topics that were added, with the offset its partition begins at
     * @param retired topics that are not read any more
     */
    record InputsChanged(TaskId task, Map<String, Long> adopted, List<String> retired) implements RuntimeEvent {

        public InputsChanged {
            adopted = Map.copyOf(adopted);
            retired = List.copyOf(retired);
        }

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
     * @param drain serializing what is dirty
     * @param append until the broker has acknowledged everything of the transaction
     * @param decide adding the offsets and committing
     */
    record CheckpointCommitted(
            String processor, int tasks, long records, long bytes, Duration drain, Duration append, Duration decide)
            implements RuntimeEvent {

        /** From the trigger to the decision. */
        public Duration took() {
            return drain.plus(append).plus(decide);
        }
    }

    /** A task's part of a committed checkpoint. */
    record TaskCheckpointed(TaskId task, CheckpointId checkpoint) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** An attempt did not commit; its tasks went back to their committed checkpoints. */
    record CheckpointAborted(String processor, String reason) implements RuntimeEvent {}

    /** A worker does not come back from a call, not even when it is woken up; another one is in its place. */
    record WorkerReplaced(String processor, int worker) implements RuntimeEvent {}

    /** The outcome of a commit was unknown, or the producer was lost; the committed pointers decide. */
    record ProducerReplaced(String processor, String reason) implements RuntimeEvent {}

    /** No producer can be made: nothing is processed until one can. Told again every few seconds. */
    record ProducerUnavailable(String processor, String reason) implements RuntimeEvent {}

    /** A record failed and is tried again. */
    record RecordFailed(TaskId task, String message, FailureKind kind, int attempt, Throwable cause)
            implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /**
     * A record failed as often as it may and was left out.
     *
     * @param cause what its handler or its deserializer threw, if that was it
     */
    record RecordSkipped(
            TaskId task, String message, @Nullable Throwable cause) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /**
     * A record failed as often as it may and was sent to a dead-letter topic.
     *
     * @param cause what its handler or its deserializer threw, if that was it
     */
    record RecordDeadLettered(
            TaskId task,
            String topic,
            String message,
            @Nullable Throwable cause) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /**
     * A task was taken out because a record of it keeps failing; the other tasks go on.
     *
     * @param cause what its handler or its deserializer threw, if that was it
     */
    record TaskIsolated(
            TaskId task, String message, @Nullable Throwable cause) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** A person said what becomes of the record a task stopped before. */
    record RecordDecided(TaskId task, RecordId record, RecordDecision decision) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /**
     * A record lies in another partition than the default partitioner gives its key; told only while that is being looked for.
     *
     * @param home the partition its key belongs to
     * @param count how many there were
     */
    record RecordMisplaced(TaskId task, String topic, long offset, int home, long count) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /**
     * Producers of different inputs place keys differently, so what is to be joined does not meet.
     *
     * @param found the inputs, with the partitioner of each
     */
    record PartitionersDiffer(String processor, String found) implements RuntimeEvent {}

    /** Records of the input wait for somebody's transaction that has been open for long. */
    record InputHeldBack(String processor, String message) implements RuntimeEvent {}

    /** A restore does not get on because of something outside; it goes on by itself once that is over. */
    record RestoreHeld(TaskId task, String message) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** Committed changes could not be written to the local store; they are written from the changelog once it can be. */
    record StoreWriteFailed(TaskId task, String message) implements RuntimeEvent {
        @Override
        public String processor() {
            return task.processor();
        }
    }

    /** A worker failed and is restarted after a pause. */
    record WorkerRestarting(String processor, int worker, String message, Duration pause, Throwable cause)
            implements RuntimeEvent {}

    /**
     * A worker has been busy with one thing for long: a handler does not return. Told again every minute.
     *
     * @param stack where it is
     */
    record WorkerStuck(String processor, int worker, Duration since, List<StackTraceElement> stack)
            implements RuntimeEvent {}

    /** A worker, or all of a processor, stopped for good on this instance. */
    record ProcessorStopped(String processor, String message) implements RuntimeEvent {}
}
