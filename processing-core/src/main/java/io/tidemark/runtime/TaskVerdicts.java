package io.tidemark.runtime;

import io.tidemark.runtime.RestoreOutcome.Stopped;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.Positions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was learned about records of one task: how often one failed, that it is not tried any more, that it is slow, that the task stops
 * before it. A verdict stands until its record is committed. A record is known by topic and offset, which no attempt changes.
 *
 * <p>Thread-safe: a worker stuck in a handler still has it while another one has taken the task over.
 */
final class TaskVerdicts {

    /** A record that outlasts the poll interval costs its neighbours minutes each time, so it is not tried as often as others. */
    static final int OVERDUE_ATTEMPTS = 2;

    /** The record of a topic that failed last, and how often in a row. */
    private record Failing(long offset, int times) {}

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

    /** Why the task processes nothing, and the record it stops before, if it is one. */
    private record Isolation(
            @Nullable At before, String message, @Nullable Throwable cause) {}

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
    private volatile @Nullable String waitsFor;
    private volatile long resumeAt = NEVER;

    /** Whether any record is failing, condemned or slow: what is asked for each record has to cost nothing. */
    private volatile boolean any;

    // ---- records

    /** Whether there is anything to know about any record. */
    boolean any() {
        return any;
    }

    /** Counts a failure of the record at the head; answers how many in a row. */
    synchronized int failed(InputRecord record) {
        Failing before = failing.get(record.topic());
        int times = before != null && before.offset() == record.offset() ? before.times() + 1 : 1;
        failing.put(record.topic(), new Failing(record.offset(), times));
        any = true;
        return times;
    }

    /** The records of a topic below that offset went through. */
    synchronized void succeeded(String topic, long nextOffset) {
        Failing last = failing.get(topic);
        if (last != null && nextOffset > last.offset()) {
            failing.remove(topic);
            waitsFor = null;
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
        boolean known = before != null && before.at().equals(at) && before.why().equals(why);
        long pause = before != null && known ? Math.min(2 * before.pause(), LONGEST_REFUSAL) : FIRST_REFUSAL;
        refusal = new Refusal(why, at, now + pause, pause);
        return !known;
    }

    /** Why a task that is to go on from those positions need not try now, or {@code null}. */
    synchronized @Nullable Stopped refusal(Positions at, long now) {
        Refusal current = refusal;
        return current != null && current.at().equals(at) && now - current.until() < 0 ? current.why() : null;
    }

    /** The task processes nothing until a person or a restart says so, or what it stops before is committed. */
    synchronized void isolate(@Nullable InputRecord before, String message, @Nullable Throwable cause) {
        isolation = new Isolation(before == null ? null : new At(before.topic(), before.offset()), message, cause);
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
    void waitUntil(long at, @Nullable String waitsFor) {
        this.waitsFor = waitsFor;
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

    void resumed() {
        resumeAt = NEVER;
    }

    /** The record the task stops before, or {@code null} when it does not stop, or not before a record. */
    @Nullable
    RecordId stopsBefore(int partition) {
        Isolation current = isolation;
        At before = current == null ? null : current.before();
        return before == null ? null : new RecordId(before.topic(), partition, before.offset());
    }

    /**
     * A person says what becomes of the record the task stops before.
     *
     * @return whether the task stopped before that record
     */
    synchronized boolean decide(RecordId record, RecordDecision decision) {
        At at = new At(record.topic(), record.offset());
        Isolation current = isolation;
        if (current == null || !at.equals(current.before())) {
            return false;
        }
        failing.remove(record.topic());
        condemned.remove(at);
        slow.computeIfPresent(at, (same, before) -> new Slow(0, before.started()));
        if (decision != RecordDecision.RETRY) {
            condemned.put(at, new Condemned(current.message(), current.cause(), 0, decision));
        }
        any = true;
        isolation = null;
        resumeAt = AT_ONCE;
        return true;
    }

    /** What has to come back before the failed record is tried again, or {@code null}. */
    @Nullable
    String waitsFor() {
        return waitsFor;
    }

    /**
     * What is committed does not come again.
     *
     * @param committed the offset to go on at, by topic
     */
    synchronized void settle(ToLongFunction<String> committed) {
        Isolation current = isolation;
        At before = current == null ? null : current.before();
        if (before != null && committed.applyAsLong(before.topic()) > before.offset()) {
            isolation = null;
        }
        if (any) {
            condemned.keySet().removeIf(at -> committed.applyAsLong(at.topic()) > at.offset());
            slow.keySet().removeIf(at -> committed.applyAsLong(at.topic()) > at.offset());
            failing.entrySet()
                    .removeIf(one ->
                            committed.applyAsLong(one.getKey()) > one.getValue().offset());
            any = !condemned.isEmpty() || !slow.isEmpty() || !failing.isEmpty();
        }
    }
}
