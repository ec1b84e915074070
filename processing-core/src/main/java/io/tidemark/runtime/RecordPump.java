package io.tidemark.runtime;

import io.tidemark.checkpoint.TransactionalLog;
import io.tidemark.error.ProcessorFailed;
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

    /** Told when a record fails; the record left no trace. */
    interface OnFailure {
        void failed(TaskSlot slot, InputRecord record, ProcessorFailed failure);
    }

    private final TaskTable table;
    private final TransactionalLog log;
    private final WorkerCounters counters;
    private final LongSupplier nanos;
    private final Set<InputPartition> passedOver = new HashSet<>();
    private @Nullable PolledRecords polled;
    private @Nullable TaskSlot inHand;
    private boolean holdsRecord;
    private long processed;

    RecordPump(TaskTable table, TransactionalLog log, WorkerCounters counters, LongSupplier nanos) {
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

    /** Records processed since the last call of this. */
    long takeProcessed() {
        long count = processed;
        processed = 0;
        return count;
    }

    /**
     * Processes records until {@code end} or {@code limit}. The clock is read after every record: a handler may take seconds, and the
     * reading costs nanoseconds.
     *
     * @return whether the poll is used up
     */
    boolean process(long end, long limit, OnFailure onFailure) {
        PolledRecords records = polled;
        if (records == null) {
            return true;
        }
        long out = 0;
        long before = processed;
        boolean more = holdsRecord || records.advance();
        while (more && processed < limit && (nanos.getAsLong() < end || processed == before)) {
            // one run: consecutive records of one partition
            InputRecord record = records.current();
            String topic = record.topic();
            int partition = record.partition();
            TaskSlot slot = table.slot(partition);
            LiveTask task = slot == null ? null : slot.live();
            boolean wanted = slot != null
                    && task != null
                    && task.isBorn()
                    && slot.resumeAt() < 0
                    && !passedOver.contains(new InputPartition(topic, partition));
            if (!wanted || slot == null || task == null) {
                more = skipRun(records, topic, partition);
                continue;
            }
            inHand = slot;
            long runStart = processed;
            long next = -1;
            int epoch = Position.UNKNOWN_EPOCH;
            ProcessorFailed failure = null;
            long floor = task.position(topic).offset();
            try {
                do {
                    if (record.offset() >= floor) {
                        List<OutputRecord> outputs = task.process(record).outputs();
                        for (int i = 0; i < outputs.size(); i++) {
                            log.send(outputs.get(i));
                        }
                        out += outputs.size();
                        next = record.offset() + 1;
                        epoch = record.leaderEpoch();
                        processed++;
                    }
                    more = records.advance();
                    record = more ? records.current() : record;
                } while (more
                        && record.partition() == partition
                        && record.topic().equals(topic)
                        && processed < limit
                        && nanos.getAsLong() < end);
            } catch (ProcessorFailed e) {
                failure = e;
            } finally {
                holdsRecord = more;
                if (next >= 0) {
                    task.moved(topic, next, epoch, processed - runStart);
                    slot.recordsSucceeded(topic, next);
                }
            }
            if (failure != null) {
                passedOver.add(new InputPartition(topic, partition));
                onFailure.failed(slot, record, failure);
                more = skipRun(records, topic, partition);
            }
        }
        holdsRecord = more;
        counters.processed(processed - before, out);
        if (!more) {
            finish(records);
        }
        return !more;
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
            if (task != null && task.isBorn() && !passedOver.contains(partition)) {
                task.skipTo(partition.topic(), next.getValue());
            }
        }
        clear();
    }
}
