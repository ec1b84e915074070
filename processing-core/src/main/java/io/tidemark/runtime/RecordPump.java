package io.tidemark.runtime;

import io.tidemark.checkpoint.TransactionalLog;
import io.tidemark.error.OutputRefused;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.error.SourceFailed;
import io.tidemark.runtime.RecordFailures.Verdict;
import io.tidemark.runtime.TaskVerdicts.Condemned;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.PolledRecords;
import io.tidemark.stream.Position;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Walks the records of one poll through their tasks, a slice of time at once. Records of tasks that are gone, or that have to wait, are
 * passed over: whoever takes them out of the walk seeks back to them.
 */
final class RecordPump {

    /** As many look-ups as memory answers at once, and a few more. */
    private static final int AHEAD = 16;

    /** Quick records that are processed each by itself after a slow one: what made that one slow may make them slow too. */
    private static final int WARY = 16;

    /** Takes an output of the current record. */
    interface Sender {
        void send(OutputRecord output);
    }

    private final byte[][] coming = new byte[AHEAD][];
    private final TaskTable table;
    private final TransactionalLog log;
    private final WorkerCounters counters;
    private final LongSupplier nanos;
    private final RecordFailures failures;
    private @Nullable KeyInspector keys;
    private final HandlerTimes times;
    private final long slowNanos;
    private final Set<InputPartition> passedOver = new HashSet<>();
    private @Nullable PolledRecords polled;
    private @Nullable TaskSlot inHand;
    private boolean holdsRecord;
    private long processed;
    private long sent;
    /** When the record in hand began: the clock as it was read last. */
    private long clock;
    /** Records of the open attempt, without those of the running slice. */
    private long uncommitted;

    /** How long the last call took. */
    private long took;

    private long sliceStart;
    private int wary;
    private boolean wantsCheckpoint;
    /** Whether the record in hand is in its handler, or in what follows it. */
    private boolean inCall;

    private boolean diedInCall;
    private volatile boolean givenUp;

    /**
     * @param keys looks at where keys lie, or {@code null} when nobody asks for that
     * @param times how long a call of the handler may take
     */
    RecordPump(
            TaskTable table,
            TransactionalLog log,
            WorkerCounters counters,
            RecordFailures failures,
            @Nullable KeyInspector keys,
            HandlerTimes times,
            LongSupplier nanos) {
        this.times = times;
        this.slowNanos = times.slowNanos();
        this.failures = failures;
        this.keys = keys;
        this.table = table;
        this.log = log;
        this.counters = counters;
        this.nanos = nanos;
    }

    boolean isEmpty() {
        return polled == null;
    }

    void take(PolledRecords records) {
        polled = records;
        holdsRecord = false;
        passedOver.clear();
    }

    /** Forgets what was polled and not processed: everybody seeks. */
    void clear() {
        polled = null;
        holdsRecord = false;
        passedOver.clear();
    }

    /** Forgets what was polled of one partition: its owner seeks or is gone. */
    void passOver(InputPartition partition) {
        if (polled != null) {
            passedOver.add(partition);
        }
    }

    /** The task whose record was processed last. */
    @Nullable
    TaskSlot inHand() {
        return inHand;
    }

    /** A new attempt has begun: nothing is processed that is not committed. */
    void startAfresh() {
        uncommitted = 0;
        wantsCheckpoint = false;
    }

    /**
     * Whether a checkpoint has to come before the walk goes on: a call was slow, or one is to come that has proved slow. An attempt must
     * not grow older than the transaction may be, and what others did must not hang on a call that takes long.
     */
    boolean wantsCheckpoint() {
        return wantsCheckpoint;
    }

    /**
     * The record in hand takes longer than the group waits; asked by who watches the worker, which is stuck in it and says nothing itself.
     * Reads what another thread wrote long ago.
     */
    void blame() {
        PolledRecords records = polled;
        TaskSlot slot = inHand;
        if (inCall && records != null && slot != null) {
            overdue(slot, records.current(), clock);
        }
    }

    /** The call it is in is the last; by who interrupts the worker, from any thread. */
    void giveUp() {
        givenUp = true;
    }

    private void endIfGivenUp() {
        if (givenUp) {
            // interrupted for what is no fault of the record, and perhaps somebody else has its task by now
            throw new SourceFailed("The worker was given up while it was in a call", null);
        }
    }

    /** Which record is in its handler, or was when it died of an error of the JVM. */
    String inCall() {
        PolledRecords records = polled;
        if (!diedInCall || records == null) {
            return "";
        }
        InputRecord record = records.current();
        return " at record " + record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    /** Records processed since the last call of this. */
    long takeProcessed() {
        long count = processed;
        processed = 0;
        return count;
    }

    /**
     * Processes records until {@code end} or {@code limit}. The clock is read after every record, which costs some 30 ns: a handler may take
     * seconds, and several of them in one slice would be too long for the transaction, the membership and a shutdown.
     *
     * @return whether the poll is used up
     * @throws OutputRefused when the broker refuses an output; unless the worker is careful, nobody knows of which record
     */
    boolean process(long end, long limit) {
        PolledRecords records = polled;
        if (records == null) {
            return true;
        }
        long before = processed;
        sliceStart = before;
        sent = 0;
        boolean more = holdsRecord || records.advance();
        try {
            while (more && !wantsCheckpoint && processed < limit && (isBefore(end) || processed == before)) {
                InputRecord record = records.current();
                TaskSlot slot = table.slot(record.partition());
                LiveTask task = slot == null ? null : slot.live();
                boolean wanted = slot != null
                        && slot.isProcessing()
                        && !passedOver.contains(new InputPartition(record.topic(), record.partition()));
                if (!wanted || slot == null || task == null) {
                    setAside(slot, task, record);
                    more = skipRun(records, record.topic(), record.partition());
                } else {
                    more = processRun(records, slot, task, end, limit);
                }
            }
        } finally {
            holdsRecord = more;
            uncommitted += processed - before;
            counters.processed(processed - before, sent);
        }
        if (!more) {
            finish(records);
        }
        return !more;
    }

    /** Consecutive records of one partition, up to the first that fails; whether the walk stands on a record afterwards. */
    private boolean processRun(PolledRecords records, TaskSlot slot, LiveTask task, long end, long limit) {
        inHand = slot;
        InputRecord record = records.current();
        String topic = record.topic();
        int partition = record.partition();
        long floor = task.position(topic).offset();
        long start = processed;
        long next = -1;
        int epoch = Position.UNKNOWN_EPOCH;
        boolean more = true;
        ProcessorFailed failure = null;
        OutputRefused refusal = null;
        Condemned condemned = null;
        int near = 0;
        try {
            do {
                if (near == 0) {
                    near = AHEAD;
                    task.state().comeCloser(coming, records.nextKeys(coming));
                }
                near--;
                if (record.offset() >= floor) {
                    if (wary > 0 || slot.verdicts().any()) {
                        condemned = slot.verdicts().condemnation(record);
                        wantsCheckpoint = condemned == null && isBetterAlone(slot, record);
                        if (condemned != null || wantsCheckpoint) {
                            break;
                        }
                    }
                    diedInCall = false;
                    inCall = true;
                    process(slot, task, record);
                    inCall = false;
                    next = record.offset() + 1;
                    epoch = record.leaderEpoch();
                    processed++;
                    lookAtTheClock(slot, record);
                }
                more = records.advance();
                record = more ? records.current() : record;
            } while (more
                    && record.partition() == partition
                    && record.topic().equals(topic)
                    && processed < limit
                    && !wantsCheckpoint
                    && clock < end);
        } catch (ProcessorFailed e) {
            failure = e;
        } catch (OutputRefused e) {
            refusal = e;
        } finally {
            if (inCall) {
                // whatever it failed with: a send, too, fails because the call before it was slow
                inCall = false;
                diedInCall = true;
                lookAtTheClock(slot, record);
            }
            if (next >= 0) {
                task.moved(topic, next, epoch, processed - start);
                if (slot.verdicts().any()) {
                    slot.verdicts().succeeded(topic, next);
                    failures.pace().succeeded(partition);
                }
            }
        }
        endIfGivenUp();
        if (refusal != null) {
            refused(slot, record, refusal);
            throw refusal;
        }
        if (failure == null && condemned == null) {
            return more;
        }
        return isDone(slot, record, failure, condemned)
                ? passBehind(records, slot, task)
                : skipFailed(records, topic, partition);
    }

    private boolean isBefore(long end) {
        clock = nanos.getAsLong();
        return clock < end;
    }

    /** Whether the record is to be the first of its attempt and is not: it proved slow, or one before it did. */
    private boolean isBetterAlone(TaskSlot slot, InputRecord record) {
        boolean first = uncommitted + processed - sliceStart == 0;
        if (first && wary > 0) {
            wary--;
        }
        return !first && (wary > 0 || slot.verdicts().isSlow(record));
    }

    private void lookAtTheClock(TaskSlot slot, InputRecord record) {
        long began = clock;
        clock = nanos.getAsLong();
        took = clock - began;
        if (took >= slowNanos) {
            tookLong(slot, record, began);
        }
    }

    /** The call that began then was slow: what it did is committed before anything else happens, and it is known from now on. */
    private void tookLong(TaskSlot slot, InputRecord record, long began) {
        wary = WARY;
        wantsCheckpoint = true;
        slot.verdicts().slow(record.topic(), record.offset());
        if (clock - began >= times.overdueNanos()) {
            overdue(slot, record, began);
        }
    }

    private void overdue(TaskSlot slot, InputRecord record, long began) {
        String message = "Processor " + slot.id().processor() + ": record at " + record.topic() + "-"
                + record.partition() + "@" + record.offset()
                + " was not processed: its handler took longer than max.poll.interval.ms, which is "
                + times.pollInterval().toMillis() + ", so the group gave the worker's tasks to others";
        slot.verdicts().overdue(record.topic(), record.offset(), began, message);
    }

    private void process(TaskSlot slot, LiveTask task, InputRecord record) {
        if (keys != null) {
            inspect(slot, record, keys);
        }
        List<OutputRecord> outputs = task.process(record).outputs();
        endIfGivenUp();
        for (int i = 0; i < outputs.size(); i++) {
            log.send(outputs.get(i));
        }
        sent += outputs.size();
        careFor();
    }

    private void inspect(TaskSlot slot, InputRecord record, KeyInspector inspector) {
        inspector.look(slot.id(), record);
        if (inspector.isDone()) {
            keys = null;
        }
    }

    /** Waits for the acknowledgement of what was sent so far, so that a refusal is the current record's. */
    private void careFor() {
        if (failures.isCareful()) {
            log.flush();
            failures.caredFor();
        }
    }

    private boolean isDone(
            TaskSlot slot, InputRecord record, @Nullable ProcessorFailed failure, @Nullable Condemned condemned) {
        try {
            if (condemned != null) {
                return failures.givenUp(slot, record, condemned, nanos.getAsLong(), this::sendLetter) == Verdict.PASS;
            }
            return failure != null
                    && failures.failed(slot, record, failure, nanos.getAsLong(), took, this::sendLetter)
                            == Verdict.PASS;
        } catch (OutputRefused e) {
            refused(slot, record, e);
            throw e;
        }
    }

    private void sendLetter(OutputRecord letter) {
        log.send(letter);
        sent++;
        careFor();
    }

    /** Only of a careful worker is it known whose output was refused. */
    private void refused(TaskSlot slot, InputRecord record, OutputRefused refusal) {
        if (failures.isCareful()) {
            failures.refused(slot, record, refusal, nanos.getAsLong());
        }
    }

    private boolean passBehind(PolledRecords records, TaskSlot slot, LiveTask task) {
        InputRecord record = records.current();
        task.moved(record.topic(), record.offset() + 1, record.leaderEpoch(), 1);
        slot.verdicts().succeeded(record.topic(), record.offset() + 1);
        processed++;
        return records.advance();
    }

    /** Records of a live task are never just left out: it seeks back to them. */
    private void setAside(@Nullable TaskSlot slot, @Nullable LiveTask task, InputRecord record) {
        if (slot != null && task != null && passedOver.add(new InputPartition(record.topic(), record.partition()))) {
            failures.setBack(slot);
        }
    }

    private boolean skipFailed(PolledRecords records, String topic, int partition) {
        passedOver.add(new InputPartition(topic, partition));
        return skipRun(records, topic, partition);
    }

    private boolean skipRun(PolledRecords records, String topic, int partition) {
        while (records.advance()) {
            InputRecord record = records.current();
            if (record.partition() != partition || !record.topic().equals(topic)) {
                return true;
            }
        }
        return false;
    }

    /** Behind the last record of a poll there may be markers and aborted records; the position moves over them as well. */
    private void finish(PolledRecords records) {
        for (Map.Entry<InputPartition, Position> next : records.nextPositions().entrySet()) {
            InputPartition partition = next.getKey();
            LiveTask task = table.live(partition.partition());
            TaskSlot slot = table.slot(partition.partition());
            if (task != null && slot != null && slot.isProcessing() && !passedOver.contains(partition)) {
                task.skipTo(partition.topic(), next.getValue());
            }
        }
        clear();
    }
}
