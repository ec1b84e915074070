package io.tidemark.runtime;

import io.tidemark.error.OutputRefused;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.runtime.RuntimeEvent.RecordDeadLettered;
import io.tidemark.runtime.RuntimeEvent.RecordFailed;
import io.tidemark.runtime.RuntimeEvent.RecordSkipped;
import io.tidemark.runtime.RuntimeEvent.TaskIsolated;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputRecord;
import io.tidemark.task.DeadLetters;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of records that fail: tried again with growing pauses, then left to the policy. A record is charged with what its handler
 * does and with what the broker says of its outputs; the latter comes late, so after the first refusal the worker processes
 * <em>carefully</em>, waiting for the acknowledgement of each record's outputs, until it has found the one.
 */
final class RecordFailures {

    /** What the walk does after a record that failed. */
    enum Verdict {
        /** It is read again later: the rest of its partition waits. */
        WAIT,
        /** It is done with: go on behind it. */
        PASS
    }

    private static final int MOST_DOUBLINGS = 10;

    private final ErrorSettings settings;
    private final InputGate gate;
    private final DeadLetters letters;
    private final WorkerCounters counters;
    private final RuntimeListener listener;
    private long careful;

    // ---- of the open attempt
    private long skipped;
    private long deadLettered;

    RecordFailures(
            ErrorSettings settings, InputGate gate, String group, WorkerCounters counters, RuntimeListener listener) {
        this.settings = settings;
        this.gate = gate;
        this.letters = new DeadLetters(settings::deadLetterTopic, group);
        this.counters = counters;
        this.listener = listener;
    }

    /** Whether outputs are waited for record by record. */
    boolean isCareful() {
        return careful > 0;
    }

    /** The records of a failed attempt are processed again, each on its own. */
    void startCaring(long records) {
        careful = Math.max(careful, records);
    }

    /** The attempt is committed: what was given up in it counts. */
    void committed() {
        counters.givenUp(skipped, deadLettered);
        voided();
    }

    /** The attempt is void: its records come again. */
    void voided() {
        skipped = 0;
        deadLettered = 0;
    }

    void caredFor() {
        careful--;
    }

    /**
     * A record could not be processed; it left no trace.
     *
     * @param letter takes the dead letter, if it comes to that
     */
    Verdict failed(TaskSlot slot, InputRecord record, ProcessorFailed failure, long now, RecordPump.Sender letter) {
        counters.failed();
        Throwable cause = failure.getCause();
        int attempt = slot.recordFailed(record.topic(), record.offset());
        if (attempt < settings.attempts()) {
            listener.on(new RecordFailed(slot.id(), message(failure), attempt, cause == null ? failure : cause));
            slot.waitUntil(now + pause(attempt));
            setBack(slot);
            return Verdict.WAIT;
        }
        if (settings.policy() != ErrorPolicy.FAIL) {
            // should the attempt come to nothing, it is not tried as often again: it may never end with two such
            // records
            slot.condemn(record.topic(), record.offset(), message(failure), cause);
        }
        return givenUp(slot, record, message(failure), cause, letter);
    }

    /** An output of a record was refused; its attempt is about to be abandoned, and the record comes again. */
    void refused(TaskSlot slot, InputRecord record, OutputRefused refusal, long now) {
        counters.failed();
        String message = "Processor " + slot.id().processor() + ": record at " + record.topic() + "-"
                + record.partition() + "@" + record.offset() + " was not processed: " + refusal.getMessage();
        if (slot.isCondemned(record)) {
            // its dead letter was refused as well
            isolate(slot, message);
            return;
        }
        int attempt = slot.recordFailed(record.topic(), record.offset());
        if (attempt >= settings.attempts()) {
            slot.condemn(record.topic(), record.offset(), message, null);
        } else {
            listener.on(new RecordFailed(slot.id(), message, attempt, refusal));
            slot.waitUntil(now + pause(attempt));
            gate.pause(slot);
        }
    }

    /** A record that was tried as often as it may be; it is not processed any more. */
    Verdict condemned(TaskSlot slot, InputRecord record, RecordPump.Sender letter) {
        return givenUp(slot, record, slot.condemnationMessage(record), slot.condemnationCause(record), letter);
    }

    private Verdict givenUp(
            TaskSlot slot, InputRecord record, String message, @Nullable Throwable cause, RecordPump.Sender letter) {
        switch (settings.policy()) {
            case SKIP -> {
                skipped++;
                listener.on(new RecordSkipped(slot.id(), message));
                return Verdict.PASS;
            }
            case DEAD_LETTER -> {
                OutputRecord dead = letters.of(record, message, cause);
                letter.send(dead);
                deadLettered++;
                listener.on(new RecordDeadLettered(slot.id(), dead.topic(), message));
                return Verdict.PASS;
            }
            default -> {
                isolate(slot, message);
                return Verdict.WAIT;
            }
        }
    }

    /** Takes a task out, so that it does not stop its neighbours for ever; what it did before stays and is committed. */
    void isolate(TaskSlot slot, String message) {
        String why = message + ". The task stops here after " + settings.attempts()
                + " attempts and goes on at its committed checkpoint; nothing is lost. Fix the cause and restart";
        slot.isolate(why);
        setBack(slot);
        listener.on(new TaskIsolated(slot.id(), why));
    }

    private void setBack(TaskSlot slot) {
        gate.pause(slot);
        LiveTask task = slot.live();
        if (task != null) {
            gate.seek(task);
        }
    }

    private long pause(int attempt) {
        return settings.backoff().toNanos() << Math.min(attempt - 1, MOST_DOUBLINGS);
    }

    private static String message(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }
}
