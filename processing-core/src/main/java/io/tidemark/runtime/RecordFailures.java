package io.tidemark.runtime;

import io.tidemark.api.FailureKind;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.error.OutputRefused;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.runtime.RuntimeEvent.RecordDeadLettered;
import io.tidemark.runtime.RuntimeEvent.RecordFailed;
import io.tidemark.runtime.RuntimeEvent.RecordSkipped;
import io.tidemark.runtime.RuntimeEvent.TaskIsolated;
import io.tidemark.runtime.TaskVerdicts.Condemned;
import io.tidemark.runtime.TaskVerdicts.Failing;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.OutputTopics;
import io.tidemark.stream.Positions;
import io.tidemark.task.DeadLetters;
import java.util.Map;
import java.util.Objects;
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
    private static final int MOST_CAUSES = 50;

    private final ErrorSettings settings;
    private final InputGate gate;
    private final OutputTopics topics;
    private final DeadLetters letters;
    private final WorkerCounters counters;
    private final RuntimeListener listener;
    private final RetryPace pace;
    private long careful;

    // ---- of the open attempt
    private long skipped;
    private long deadLettered;

    RecordFailures(
            ErrorSettings settings,
            InputGate gate,
            OutputTopics topics,
            String group,
            WorkerCounters counters,
            RuntimeListener listener) {
        this.topics = topics;
        this.settings = settings;
        this.pace = new RetryPace(settings.maxBackoff().toNanos());
        this.gate = gate;
        this.letters = new DeadLetters(settings::deadLetterTopic, group);
        this.counters = counters;
        this.listener = listener;
    }

    /** How often records that fail slowly are tried again. */
    RetryPace pace() {
        return pace;
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
     * @param took how long the attempt took
     * @param letter takes the dead letter, if it comes to that
     */
    Verdict failed(
            TaskSlot slot, InputRecord record, ProcessorFailed failure, long now, long took, RecordPump.Sender letter) {
        Throwable cause = failure.getCause();
        FailureKind kind = kindOf(failure);
        counters.failed(kind);
        Failing failing = slot.verdicts().failed(record, kind != FailureKind.LATER);
        int attempt = failing.times();
        Condemned condemned = slot.verdicts().condemnation(record);
        if (condemned != null) {
            return givenUp(slot, record, condemned, now, letter); // by who watches the worker, while the call went on
        }
        if (isTriedAgain(slot, record, kind, failing)) {
            listener.on(new RecordFailed(slot.id(), message(failure), kind, attempt, cause == null ? failure : cause));
            slot.verdicts().waitUntil(now + pause(attempt), record, waitsFor(kind, message(failure), cause));
            pace.failed(record.partition(), took, now);
            setBack(slot);
            return Verdict.WAIT;
        }
        if (settings.policy() != ErrorPolicy.FAIL) {
            // should the attempt come to nothing, it is not tried as often again: it may never end with two such
            // records
            slot.verdicts().condemn(record, message(failure), cause, attempt);
        }
        return givenUp(slot, record, new Condemned(message(failure), cause, attempt, null), now, letter);
    }

    /** An output of a record was refused; its attempt is about to be abandoned, and the record comes again. */
    void refused(TaskSlot slot, InputRecord record, OutputRefused refusal, long now) {
        Throwable cause = refusal.getCause();
        FailureKind kind = judge(cause == null ? refusal : cause);
        counters.failed(kind);
        String message = "Processor " + slot.id().processor() + ": record at " + record.topic() + "-"
                + record.partition() + "@" + record.offset() + " was not processed: " + refusal.getMessage();
        Failing failing = slot.verdicts().failed(record, kind != FailureKind.LATER);
        int attempt = failing.times();
        Condemned given = slot.verdicts().condemnation(record);
        if (isTriedAgain(slot, record, kind, failing)) {
            listener.on(new RecordFailed(slot.id(), message, kind, attempt, refusal));
            slot.verdicts().waitUntil(now + pause(attempt), record, waitsFor(kind, message, null));
            gate.pause(slot);
        } else if (given != null) {
            isolate(
                    slot,
                    record,
                    new Condemned(
                            given.message() + "; its dead letter was refused: " + refusal.getMessage(),
                            given.cause(),
                            Math.max(1, given.attempts()),
                            null));
        } else {
            slot.verdicts().condemn(record, message, refusal, attempt);
        }
    }

    private static boolean isCondemned(TaskSlot slot, InputRecord record) {
        return slot.verdicts().condemnation(record) != null;
    }

    private boolean isTriedAgain(TaskSlot slot, InputRecord record, FailureKind kind, Failing failing) {
        return switch (kind) {
            case NEVER -> false;
            case LATER -> true;
            case AGAIN -> failing.counted() < settings.attempts() && !isCondemned(slot, record);
        };
    }

    private static @Nullable String waitsFor(FailureKind kind, String message, @Nullable Throwable cause) {
        return kind == FailureKind.LATER
                ? message + innermost(cause)
                        + ". Something it needs is away; it is tried again until that is back, and nothing is given up"
                : null;
    }

    /** Only the type: what wraps it says nothing of what is away, and its message may quote the record. */
    private static String innermost(@Nullable Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && at.getCause() != null && depth < MOST_CAUSES; depth++) {
            at = at.getCause();
        }
        return at == null || at == failure ? "" : " (" + at.getClass().getName() + ")";
    }

    /** What is wrong with the record itself cannot become right, unless something was away when it was looked at. */
    private FailureKind kindOf(ProcessorFailed failure) {
        Throwable cause = failure.getCause();
        FailureKind kind = cause == null ? FailureKind.AGAIN : judge(cause);
        return failure.isUnfit() && kind == FailureKind.AGAIN ? FailureKind.NEVER : kind;
    }

    private FailureKind judge(Throwable failure) {
        FailureKind kind = settings.classifier().classify(failure);
        return kind == null ? FailureKind.AGAIN : kind;
    }

    /** What becomes of a record that is not processed any more: what a person said, or the policy. */
    Verdict givenUp(TaskSlot slot, InputRecord record, Condemned why, long now, RecordPump.Sender letter) {
        switch (policyFor(why)) {
            case SKIP -> {
                leaveOut(slot, why);
                return Verdict.PASS;
            }
            case DEAD_LETTER -> {
                OutputRecord dead = letters.of(record, why.message(), why.cause());
                if (!topics.exists(dead.topic())) {
                    waitForLetters(slot, record, dead.topic(), why, now);
                    return Verdict.WAIT;
                }
                letter.send(dead);
                deadLettered++;
                listener.on(new RecordDeadLettered(slot.id(), dead.topic(), why.message(), why.cause()));
                return Verdict.PASS;
            }
            default -> {
                isolate(slot, record, why);
                return Verdict.WAIT;
            }
        }
    }

    void leaveOut(TaskSlot slot, Condemned why) {
        skipped++;
        listener.on(new RecordSkipped(slot.id(), why.message(), why.cause()));
    }

    /** Its dead-letter topic is gone, which is no fault of the record: it stays given up, and waits for the topic. */
    private void waitForLetters(TaskSlot slot, InputRecord record, String topic, Condemned why, long now) {
        int looks = slot.verdicts().failed(record, false).times();
        String message = why.message() + ". Dead-letter topic " + topic
                + " does not exist: create it, or have the record skipped";
        if (slot.verdicts().waitsFor() == null) {
            listener.on(new RecordFailed(
                    slot.id(),
                    message,
                    FailureKind.LATER,
                    why.attempts(),
                    Objects.requireNonNullElseGet(
                            why.cause(), () -> new EnvironmentRefused(message, "Create topic " + topic + ".", null))));
        }
        slot.verdicts().waitUntil(now + pause(looks), record, message);
        setBack(slot);
    }

    private ErrorPolicy policyFor(Condemned why) {
        RecordDecision decided = why.decided();
        if (decided == null) {
            return settings.policy();
        }
        return decided == RecordDecision.DEAD_LETTER ? ErrorPolicy.DEAD_LETTER : ErrorPolicy.SKIP;
    }

    /**
     * Takes a task out, so that it does not stop its neighbours for ever; what it did before stays and is committed.
     *
     * @param record the record it stops before, or {@code null} when nobody knows which it is
     */
    void isolate(TaskSlot slot, @Nullable InputRecord record, Condemned because) {
        String attempts = because.attempts() == 1 ? "one attempt" : because.attempts() + " attempts";
        String why = because.message() + ". The task stops here after " + attempts
                + " and goes on at its committed checkpoint; nothing is lost. Fix the cause and "
                + (record == null
                        ? "restart"
                        : "have the record tried again, skipped or dead-lettered by the processors endpoint, or restart");
        LiveTask task = slot.live();
        slot.verdicts()
                .isolate(
                        record,
                        task == null ? Positions.of(Map.of()) : task.committedPositions(),
                        why,
                        because.cause());
        setBack(slot);
        listener.on(new TaskIsolated(slot.id(), why, because.cause()));
    }

    /** Its records are not processed now, and come again. */
    void setBack(TaskSlot slot) {
        gate.pause(slot);
        LiveTask task = slot.live();
        if (task != null) {
            gate.seek(task);
        }
    }

    private long pause(int attempt) {
        long doubled = settings.backoff().toNanos() << Math.min(attempt - 1, MOST_DOUBLINGS);
        return Math.min(doubled, settings.maxBackoff().toNanos());
    }

    private static String message(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }
}
