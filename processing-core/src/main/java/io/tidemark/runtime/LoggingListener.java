package io.tidemark.runtime;

import io.tidemark.runtime.RepeatedWarnings.Admission;
import io.tidemark.runtime.RuntimeEvent.CheckpointAborted;
import io.tidemark.runtime.RuntimeEvent.CheckpointCommitted;
import io.tidemark.runtime.RuntimeEvent.GroupAwaited;
import io.tidemark.runtime.RuntimeEvent.InputHeldBack;
import io.tidemark.runtime.RuntimeEvent.InputsChanged;
import io.tidemark.runtime.RuntimeEvent.OwnerFenced;
import io.tidemark.runtime.RuntimeEvent.PartitionersDiffer;
import io.tidemark.runtime.RuntimeEvent.ProcessorStopped;
import io.tidemark.runtime.RuntimeEvent.ProducerReplaced;
import io.tidemark.runtime.RuntimeEvent.ProducerUnavailable;
import io.tidemark.runtime.RuntimeEvent.RecordDeadLettered;
import io.tidemark.runtime.RuntimeEvent.RecordDecided;
import io.tidemark.runtime.RuntimeEvent.RecordFailed;
import io.tidemark.runtime.RuntimeEvent.RecordMisplaced;
import io.tidemark.runtime.RuntimeEvent.RecordSkipped;
import io.tidemark.runtime.RuntimeEvent.RestoreHeld;
import io.tidemark.runtime.RuntimeEvent.StateChanged;
import io.tidemark.runtime.RuntimeEvent.StateLeftOut;
import io.tidemark.runtime.RuntimeEvent.StoreQuarantined;
import io.tidemark.runtime.RuntimeEvent.StoreWriteFailed;
import io.tidemark.runtime.RuntimeEvent.TaskAssigned;
import io.tidemark.runtime.RuntimeEvent.TaskCheckpointed;
import io.tidemark.runtime.RuntimeEvent.TaskIncomplete;
import io.tidemark.runtime.RuntimeEvent.TaskIsolated;
import io.tidemark.runtime.RuntimeEvent.TaskRefused;
import io.tidemark.runtime.RuntimeEvent.TaskReleased;
import io.tidemark.runtime.RuntimeEvent.TaskRestored;
import io.tidemark.runtime.RuntimeEvent.WorkerReplaced;
import io.tidemark.runtime.RuntimeEvent.WorkerRestarting;
import io.tidemark.runtime.RuntimeEvent.WorkerStuck;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes runtime events to the log: who, what still stands, what to do next. */
final class LoggingListener implements RuntimeListener {

    private static final Logger log = LoggerFactory.getLogger("io.tidemark.runtime");
    private static final int FRAMES = 40;

    private final RepeatedWarnings repeated;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    LoggingListener(LongSupplier nanos) {
        this.repeated = new RepeatedWarnings(nanos);
    }

    @Override
    public void on(RuntimeEvent event) {
        if (event instanceof TaskAssigned assigned) {
            log.debug(
                    "processor={} task={} Assigned.",
                    event.processor(),
                    assigned.task().partition());
        } else if (event instanceof TaskRestored restored) {
            log.info(
                    "processor={} task={} Ready after {} ms, state from {} ({} changelog bytes read).",
                    event.processor(),
                    restored.task().partition(),
                    restored.took().toMillis(),
                    restored.source(),
                    restored.bytes());
        } else if (event instanceof TaskReleased released) {
            log.info(
                    "processor={} task={} {}.",
                    event.processor(),
                    released.task().partition(),
                    released.lost() ? "Lost to another worker" : "Released");
        } else if (event instanceof InputsChanged changed) {
            log.info(
                    "processor={} task={} Its inputs change, its state stays:{}{}. The next checkpoint decides it.",
                    event.processor(),
                    changed.task().partition(),
                    changed.adopted().isEmpty() ? "" : " adopted, with the offset it begins at: " + changed.adopted(),
                    changed.retired().isEmpty() ? "" : " retired: " + String.join(", ", changed.retired()));
        } else if (event instanceof StateChanged changed) {
            // the same for each of its tasks
            if (told.add(event.processor() + " " + changed.message())) {
                log.info("processor={} {}.", event.processor(), changed.message());
            }
        } else if (event instanceof GroupAwaited waiting) {
            log.info(
                    "processor={} Waits for the group, up to {}: a member that is gone keeps its place until its session ends.",
                    event.processor(),
                    waiting.atMost());
        } else if (event instanceof TaskRefused refused) {
            log.error(
                    "processor={} task={} {} ({})",
                    event.processor(),
                    refused.task().partition(),
                    refused.message(),
                    refused.reason());
        } else if (event instanceof CheckpointCommitted committed) {
            log.debug(
                    "processor={} Checkpoint of {} tasks committed: {} records, {} bytes, {} ms.",
                    event.processor(),
                    committed.tasks(),
                    committed.records(),
                    committed.bytes(),
                    committed.took().toMillis());
        } else if (event instanceof TaskCheckpointed checkpointed) {
            log.trace(
                    "processor={} task={} checkpoint={}",
                    event.processor(),
                    checkpointed.task().partition(),
                    checkpointed.checkpoint());
        } else {
            warn(event);
        }
    }

    /** One bad producer, or one missing topic, may make thousands of the same. */
    private void tell(RuntimeEvent event, String kind, Consumer<String> line) {
        Admission admitted = repeated.admit(event.processor() + "/" + kind);
        if (admitted.isTold()) {
            line.accept(admitted.note());
        }
    }

    /** What the operating system says to a process that cannot write, in its own words. */
    private static String advice(String message) {
        if (message.contains("No space left on device")) {
            return " Free the disk.";
        }
        if (message.contains("Too many open files")) {
            return " Raise the limit of open files of the process (ulimit -n).";
        }
        return message.contains("Read-only file system") ? " Make the file system writable." : "";
    }

    private static String type(@Nullable Throwable cause) {
        return cause == null ? "" : cause.getClass().getName();
    }

    private void warn(RuntimeEvent event) {
        if (event instanceof CheckpointAborted aborted) {
            log.info(
                    "processor={} An attempt was given up: {}. The committed checkpoints stand; its records are processed again.",
                    event.processor(),
                    aborted.reason());
        } else if (event instanceof ProducerReplaced replaced) {
            log.warn(
                    "processor={} The producer was replaced: {}. The committed pointers decide where each task goes on.",
                    event.processor(),
                    replaced.reason());
        } else if (event instanceof ProducerUnavailable unavailable) {
            log.warn(
                    "processor={} No producer can be made: {}. Nothing is processed until one can; check the cluster, the right to write "
                            + "to the transactional id, and that tidemark.checkpoint.transaction-timeout is within the broker's maximum.",
                    event.processor(),
                    unavailable.reason());
        } else if (event instanceof RecordFailed failed) {
            tell(
                    event,
                    "failed/" + failed.task().partition() + "/" + type(failed.cause()),
                    more -> log.warn(
                            "processor={} task={} {}; attempt {} left no trace and is repeated.{}",
                            event.processor(),
                            failed.task().partition(),
                            failed.message(),
                            failed.attempt(),
                            more,
                            WithoutMessages.of(failed.cause())));
            log.debug("The cause with its messages, which may quote the record", failed.cause());
        } else if (event instanceof RecordSkipped skipped) {
            tell(
                    event,
                    "skipped/" + skipped.task().partition() + "/" + type(skipped.cause()),
                    more -> log.warn(
                            "processor={} task={} {}. It is left out; nothing of it happened.{}",
                            event.processor(),
                            skipped.task().partition(),
                            skipped.message(),
                            more));
        } else if (event instanceof RecordDeadLettered letter) {
            tell(
                    event,
                    "dead-lettered/" + letter.task().partition() + "/" + type(letter.cause()),
                    more -> log.warn(
                            "processor={} task={} {}. It goes to {}; nothing of it happened.{}",
                            event.processor(),
                            letter.task().partition(),
                            letter.message(),
                            letter.topic(),
                            more));
        } else if (event instanceof TaskIsolated isolated) {
            log.error(
                    "processor={} task={} {}. Other tasks go on.",
                    event.processor(),
                    isolated.task().partition(),
                    isolated.message());
        } else if (event instanceof RecordDecided decided) {
            log.warn(
                    "processor={} task={} Somebody decided about the record at {} the task stopped before: {}.",
                    event.processor(),
                    decided.task().partition(),
                    decided.record(),
                    decided.decision());
        } else if (event instanceof StateLeftOut left) {
            log.warn(
                    "processor={} task={} Another version has written since this one: {}. It is left out from here on, as"
                            + " on-newer-state=read-known says.",
                    event.processor(),
                    left.task().partition(),
                    left.message());
        } else if (event instanceof PartitionersDiffer differ) {
            if (told.add(event.processor() + " partitioners")) {
                log.warn(
                        "processor={} The producers of its inputs place keys differently ({}): the same key lies in different"
                                + " partitions, so its records of different inputs never meet in one state. Let all producers use one"
                                + " partitioner (with librdkafka: partitioner=murmur2_random), or copy a topic with it.",
                        event.processor(),
                        differ.found());
            }
        } else if (event instanceof RecordMisplaced misplaced) {
            log.warn(
                    "processor={} task={} The key of the record at offset {} of {} belongs to partition {} by the default partitioner "
                            + "({} such records so far): state of one key is split if other records of it are there. Check the producers.",
                    event.processor(),
                    misplaced.task().partition(),
                    misplaced.offset(),
                    misplaced.topic(),
                    misplaced.home(),
                    misplaced.count());
        } else if (event instanceof WorkerStuck stuck) {
            log.warn(
                    "processor={} worker={} Busy with one thing for {} s, so nothing else of this worker happens. It is at{}",
                    event.processor(),
                    stuck.worker(),
                    stuck.since().toSeconds(),
                    frames(stuck.stack()));
        } else if (event instanceof TaskIncomplete incomplete) {
            tell(
                    event,
                    "incomplete/" + incomplete.task().partition(),
                    more -> log.warn(
                            "processor={} task={} {}.{}",
                            event.processor(),
                            incomplete.task().partition(),
                            incomplete.message(),
                            more));
        } else if (event instanceof WorkerReplaced replaced) {
            log.error(
                    "processor={} worker={} It does not react to being interrupted. Another worker takes its place; the thread that is stuck"
                            + " stays until its call ends, or the application does. Find the loop in the stack that was told.",
                    event.processor(),
                    replaced.worker());
        } else if (event instanceof InputHeldBack back) {
            log.warn("processor={} {}. They are processed once it ends.", event.processor(), back.message());
        } else if (event instanceof RestoreHeld held) {
            log.warn("processor={} task={} {}", event.processor(), held.task().partition(), held.message());
        } else if (event instanceof StoreQuarantined quarantined) {
            log.warn(
                    "processor={} task={} The local store is not used: {}. It is restored from the changelog.",
                    event.processor(),
                    quarantined.task().partition(),
                    quarantined.reason());
        } else if (event instanceof StoreWriteFailed failed) {
            log.warn(
                    "processor={} task={} {}. Committed changes are safe in the changelog and written from there once the store can be used.{}",
                    event.processor(),
                    failed.task().partition(),
                    failed.message(),
                    advice(failed.message()));
        } else if (event instanceof OwnerFenced fenced) {
            log.warn(
                    "processor={} task={} The former owner {} was fenced: its open transaction was in the way.",
                    event.processor(),
                    fenced.task().partition(),
                    fenced.transactionalId());
        } else if (event instanceof WorkerRestarting restarting) {
            log.error(
                    "processor={} worker={} {} It starts anew in {} ms; committed checkpoints stand.",
                    event.processor(),
                    restarting.worker(),
                    restarting.message(),
                    restarting.pause().toMillis(),
                    WithoutMessages.of(restarting.cause()));
            log.debug("The cause with its messages", restarting.cause());
        } else if (event instanceof ProcessorStopped stopped) {
            log.error("processor={} {}", event.processor(), stopped.message());
        }
    }

    private static String frames(List<StackTraceElement> stack) {
        StringBuilder text = new StringBuilder();
        for (StackTraceElement frame : stack.subList(0, Math.min(stack.size(), FRAMES))) {
            text.append(System.lineSeparator()).append("    at ").append(frame);
        }
        return text.toString();
    }
}
