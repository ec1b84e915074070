package io.tidemark.runtime;

import io.tidemark.runtime.RestoreOutcome.Stopped;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was learned about records of one task: how often one failed, that it is not tried any more, that it is slow, that the task stops
 * before it. A verdict stands until its record is committed. A record is known by topic and offset, which no attempt changes.
 *
 * <p>Thread-safe: the worker, who watches it, and a person who decides. Each owner of the task has one of its own.
 */
final class TaskVerdicts {

    /** A record that outlasts the poll interval costs its neighbours minutes each time, so it is not tried as often as others. */
    static final int OVERDUE_ATTEMPTS = 2;

    /**
     * The record of a topic that failed last.
     *
     * @param times how often in a row
     * @param counted how often of these for no reason that passes
     */
    record Failing(long offset, int times, int counted) {}

    private record At(String topic, long offset) {}

    /**
     * A record that is not processed any more.
     *
     * @param cause what its handler threw, if that was it
     * @param attempts how often it was tried
     * @param decided what a person said becomes of it, or {@code null} where the policy decides
     */
    record Condemned(
            String message,
            @Nullable Throwable cause,
            int attempts,
            @Nullable RecordDecision decided) {}

    /** A record that takes long, and how often it took too long; {@code started} tells two looks at one call from two calls. */
    private record Slow(int overdue, long started) {}

    /**
     * Why the task processes nothing.
     *
     * @param before the record it stops before, or {@code null} when nobody knows which it is
     * @param at what was committed then
     */
    private record Isolation(
            @Nullable At before,
            Positions at,
            String message,
            @Nullable Throwable cause) {}

    /** What has to come back before a record can be processed. */
    private record Waits(At record, String message) {}

    /** An input that cannot be read on from those positions; looked at again then. */
    private record Refusal(Stopped why, Positions at, long until, long pause) {}

    private static final long FIRST_REFUSAL = Duration.ofSeconds(5).toNanos();
    private static final long LONGEST_REFUSAL = Duration.ofMinutes(5).toNanos();
    private static final long NEVER = Long.MIN_VALUE;
    private static final long AT_ONCE = Long.MIN_VALUE + 1;

    private final Map<String, Failing> failing = new HashMap<>();
    private final Map<At, Condemned> condemned = new HashMap<>();
    private final Map<At, Slow> slow = new HashMap<>();
    private volatile @Nullable Isolation isolation;
    private @Nullable Refusal refusal;
    private volatile @Nullable Waits waits;
    private @Nullable TaskVerdicts successor;
    private volatile long resumeAt = NEVER;

    /** Whether any record is failing, condemned or slow: what is asked for each record has to cost nothing. */
    private volatile boolean any;

    // ---- records

    /** Whether there is anything to know about any record. */
    boolean any() {
        return any;
    }

    /**
     * Counts a failure of the record at the head.
     *
     * @param counts whether it is one of the attempts a record has; those for which something was away are none
     */
    synchronized Failing failed(InputRecord record, boolean counts) {
        Failing before = failing.get(record.topic());
        boolean again = before != null && before.offset() == record.offset();
        int times = before != null && again ? before.times() : 0;
        int counted = before != null && again ? before.counted() : 0;
        Failing now = new Failing(record.offset(), times + 1, counted + (counts ? 1 : 0));
        failing.put(record.topic(), now);
        any = true;
        return now;
    }

    /** The records of a topic below that offset went through. */
    synchronized void succeeded(String topic, long nextOffset) {
        Failing last = failing.get(topic);
        if (last != null && nextOffset > last.offset()) {
            failing.remove(topic);
            waits = null;
        }
    }

    /** A record is not processed any more; the policy decides what becomes of it. */
    synchronized void condemn(InputRecord record, String message, @Nullable Throwable cause, int attempts) {
        condemn(new At(record.topic(), record.offset()), new Condemned(message, cause, attempts, null));
    }

    private void condemn(At at, Condemned why) {
        condemned.put(at, why);
        any = true;
    }

    synchronized @Nullable Condemned condemnation(InputRecord record) {
        return condemned.get(new At(record.topic(), record.offset()));
    }

    /** What is known of the record if a person said that it is left out, else {@code null}. */
    synchronized @Nullable Condemned skippedByHand(String topic, long offset) {
        Condemned known = condemned.get(new At(topic, offset));
        return known != null && known.decided() == RecordDecision.SKIP ? known : null;
    }

    /** A record takes so long that it is tried by itself. */
    synchronized void slow(String topic, long offset) {
        slow.putIfAbsent(new At(topic, offset), new Slow(0, Long.MIN_VALUE));
        any = true;
    }

    /**
     * A record took longer than the group waits. May be told twice of the same call: by the worker, if it returns, and by who watches it.
     *
     * @param started when the call began
     * @param message why the record is given up, if it is
     */
    synchronized void overdue(String topic, long offset, long started, String message) {
        if (successor != null) {
            successor.overdue(topic, offset, started, message);
        }
        At at = new At(topic, offset);
        Slow before = slow.get(at);
        if (before != null && before.overdue() > 0 && before.started() == started) {
            return;
        }
        int times = before == null ? 1 : before.overdue() + 1;
        slow.put(at, new Slow(times, started));
        any = true;
        if (times >= OVERDUE_ATTEMPTS) {
            condemn(at, new Condemned(message, null, times, null));
        }
    }

    synchronized boolean isSlow(InputRecord record) {
        return slow.containsKey(new At(record.topic(), record.offset()));
    }

    // ---- the task

    /**
     * The task's input cannot be read on from those positions. It is tried again with growing pauses, in case somebody repairs it.
     *
     * @return whether that is not known yet
     */
    synchronized boolean refuse(Stopped why, Positions at, long now) {
        Refusal before = refusal;
        boolean known = before != null && before.at().equals(at) && before.why().reason() == why.reason();
        long pause = before != null && known ? Math.min(2 * before.pause(), LONGEST_REFUSAL) : FIRST_REFUSAL;
        refusal = new Refusal(why, at, now + pause, pause);
        return !known;
    }

    /** Why a task that is to go on from those positions need not try now, or {@code null}. */
    synchronized @Nullable Stopped refusal(Positions at, long now) {
        Refusal current = refusal;
        return current != null && current.at().equals(at) && now - current.until() < 0 ? current.why() : null;
    }

    /**
     * The task processes nothing until a person or a restart says so, or what it stops before is committed.
     *
     * @param at what is committed now
     */
    synchronized void isolate(@Nullable InputRecord before, Positions at, String message, @Nullable Throwable cause) {
        waits = null;
        isolation = new Isolation(before == null ? null : new At(before.topic(), before.offset()), at, message, cause);
    }

    /** Why the task processes nothing, or {@code null}. */
    @Nullable
    String isolation() {
        Isolation current = isolation;
        return current == null ? null : current.message();
    }

    /**
     * A failed record is tried again then.
     *
     * @param waitsFor what has to come back before, or {@code null}
     */
    synchronized void waitUntil(long at, InputRecord record, @Nullable String waitsFor) {
        waits = waitsFor == null ? null : new Waits(new At(record.topic(), record.offset()), waitsFor);
        resumeAt = at;
    }

    /** Whether a failed record waits for its next attempt. */
    boolean isPausing() {
        return resumeAt != NEVER;
    }

    /** Whether the pause before the next attempt is over. */
    boolean isPauseOver(long now) {
        long at = resumeAt;
        return at == AT_ONCE || (at != NEVER && now - at >= 0);
    }

    /** Whether that pause is over because somebody said so. */
    boolean isUrgent() {
        return resumeAt == AT_ONCE;
    }

    /** When the pause is over; meaningful only while there is one. */
    long resumesAt() {
        return resumeAt;
    }

    void resumed() {
        resumeAt = NEVER;
    }

    /** The record the task stops before or waits with, or {@code null} when there is none. */
    @Nullable
    RecordId stopsBefore(int partition) {
        At before = head();
        return before == null ? null : new RecordId(before.topic(), partition, before.offset());
    }

    private @Nullable At head() {
        Isolation stopped = isolation;
        Waits waiting = waits;
        return stopped != null ? stopped.before() : waiting == null ? null : waiting.record();
    }

    /**
     * A person says what becomes of the record the task stops before, or waits with.
     *
     * @return whether it is that record
     */
    synchronized boolean decide(RecordId record, RecordDecision decision) {
        At at = new At(record.topic(), record.offset());
        if (!at.equals(head())) {
            return false;
        }
        Isolation stopped = isolation;
        Waits waiting = waits;
        failing.remove(record.topic());
        condemned.remove(at);
        slow.computeIfPresent(at, (same, before) -> new Slow(0, before.started()));
        if (decision != RecordDecision.RETRY) {
            String message = stopped != null ? stopped.message() : waiting == null ? "" : waiting.message();
            Throwable cause = stopped == null ? null : stopped.cause();
            condemned.put(at, new Condemned(message, cause, 0, decision));
        }
        any = true;
        resumeAt = AT_ONCE; // before it may process: its records have to be asked for again
        waits = null;
        isolation = null;
        return true;
    }

    /** What has to come back before the failed record is tried again, or {@code null}. */
    @Nullable
    String waitsFor() {
        Waits current = waits;
        return current == null ? null : current.message();
    }

    /** What is committed does not come again. */
    synchronized void settle(Positions committed) {
        Isolation current = isolation;
        if (current != null) {
            At before = current.before();
            boolean over = before == null ? !current.at().equals(committed) : isCommitted(committed, before);
            isolation = over ? null : current;
        }
        if (any) {
            condemned.keySet().removeIf(at -> isCommitted(committed, at));
            slow.keySet().removeIf(at -> isCommitted(committed, at));
            failing.entrySet()
                    .removeIf(one -> isCommitted(
                            committed, new At(one.getKey(), one.getValue().offset())));
            any = !condemned.isEmpty() || !slow.isEmpty() || !failing.isEmpty();
        }
        Waits waiting = waits;
        if (waiting != null && isCommitted(committed, waiting.record())) {
            waits = null;
        }
    }

    private static boolean isCommitted(Positions committed, At record) {
        Position next = committed.byTopic().get(record.topic());
        return next != null && next.offset() > record.offset();
    }

    /** What the next owner of the task starts with; what a person decided was about what this one would do. */
    synchronized TaskVerdicts handOver() {
        TaskVerdicts next = new TaskVerdicts();
        next.failing.putAll(failing);
        condemned.forEach((at, why) -> {
            if (why.decided() == null) {
                next.condemned.put(at, why);
            }
        });
        next.slow.putAll(slow);
        next.isolation = isolation;
        next.refusal = refusal;
        next.waits = waits;
        next.resumeAt = resumeAt;
        next.any = any;
        successor = next;
        return next;
    }
}
