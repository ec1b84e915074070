package io.tidemark.runtime.simulation;

import io.tidemark.checkpoint.TransactionalLog;
import io.tidemark.error.CommitAborted;
import io.tidemark.error.OutcomeUnknown;
import io.tidemark.error.OutputRefused;
import io.tidemark.runtime.simulation.SimKafka.Entry;
import io.tidemark.runtime.simulation.SimKafka.Producer;
import io.tidemark.runtime.simulation.SimKafka.Txn;
import io.tidemark.runtime.simulation.SimKafka.TxnState;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.GroupToken;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.OutputRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A simulated transactional producer. */
final class SimLog implements TransactionalLog {

    /** A topic whose records no broker takes. */
    static final String REFUSED = "refused";

    private final Sim sim;
    private final SimWorker worker;
    private final SimKafka kafka;
    private final String id;
    private int epoch = -1;
    private boolean open;
    private boolean refused;

    SimLog(Sim sim, SimWorker worker, String id) {
        this.sim = sim;
        this.worker = worker;
        this.kafka = sim.kafka;
        this.id = id;
    }

    @Override
    public String transactionalId() {
        return id;
    }

    @Override
    public int maxRecordBytes() {
        return 1 << 20;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void send(OutputRecord record) {
        worker.point("send");
        if (record.topic().equals(REFUSED)) {
            begin();
            refused = true;
            return; // the answer comes later
        }
        if (refused && sim.chance(50)) {
            throw refusal();
        }
        begin().outputs.add(new String(record.value(), StandardCharsets.UTF_8));
        if (sim.fault(1)) {
            throw new CommitAborted("an output could not be sent in time", null);
        }
    }

    @Override
    public Append append(int partition, List<byte[]> chunks) {
        worker.point("append");
        Txn txn = begin();
        List<Entry> log = kafka.logs.get(partition);
        long first = log.size();
        txn.logs.add(partition);
        for (byte[] chunk : chunks) {
            log.add(new Entry(chunk, txn));
            worker.appended(log.get(log.size() - 1));
            worker.point("appended a chunk");
            if (txn.state != TxnState.OPEN) {
                throw new OutcomeUnknown("fenced while appending", null);
            }
        }
        long last = log.size() - 1L;
        boolean known = !sim.fault(1);
        return new Append() {
            @Override
            public long firstOffset() {
                return first;
            }

            @Override
            public long lastOffset() {
                if (!known) {
                    throw new CommitAborted("the broker did not tell the offset", null);
                }
                return last;
            }
        };
    }

    /** The open transaction, begun if there is none; the client waits while its last one is being completed. */
    private Txn begin() {
        Producer producer = kafka.producer(id);
        boolean first = !open;
        open = true; // the client begins without asking anybody
        if (producer.epoch != epoch) {
            throw new OutcomeUnknown("fenced: epoch " + epoch + " is over", null);
        }
        if (producer.current != null && producer.current.state != TxnState.OPEN) {
            if (!first) {
                throw new OutcomeUnknown("the transaction is not open any more", null);
            }
            kafka.completeMarkers(producer.current);
            producer.current = null;
        }
        if (producer.current == null) {
            producer.current = new Txn(id);
        }
        return producer.current;
    }

    @Override
    public void flush() {
        worker.point("flush");
        if (refused) {
            sim.count("output refused");
            throw refusal();
        }
        if (sim.fault(2)) {
            throw new CommitAborted("a record was not acknowledged in time", null);
        }
        if (kafka.producer(id).epoch != epoch) {
            throw new OutcomeUnknown("fenced", null);
        }
    }

    /** What the client says of the batch a refused record was in may not tell that a record was to blame. */
    private RuntimeException refusal() {
        return sim.chance(30)
                ? new OutcomeUnknown("a record was part of a batch that was not appended", null)
                : new OutputRefused("an output was refused", null);
    }

    @Override
    public void sendOffsets(Map<InputPartition, OffsetWithPointer> offsets, GroupToken group) {
        worker.point("sendOffsets");
        Txn txn = begin();
        if (!sim.isBroken(Rule.R8) && !kafka.isCurrent(group)) {
            sim.count("commit refused by the group");
            throw new CommitAborted("the group refused generation " + group.generation(), null);
        }
        int dice = sim.faults ? sim.random.nextInt(100) : 100;
        if (dice < 2) {
            throw new OutcomeUnknown("the offsets got lost", null);
        }
        offsets.forEach((partition, offset) -> txn.offsets.put(
                partition,
                new CommittedOffset(
                        offset.position().offset(), offset.position().leaderEpoch(), offset.pointer())));
        worker.point("offsets sent");
        if (dice < 4) {
            throw new OutcomeUnknown("the answer to the offsets got lost", null);
        }
    }

    @Override
    public void commit() {
        worker.point("commit");
        int dice = sim.faults ? sim.random.nextInt(100) : 100;
        if (dice < 4) {
            throw new OutcomeUnknown("the commit request got lost", null);
        }
        if (dice < 10) {
            kafka.network.add(new SimKafka.EndTxn(id, epoch));
            worker.point("commit on its way");
            throw new OutcomeUnknown("the commit was not answered in time", null);
        }
        boolean done = kafka.endCommit(id, epoch);
        worker.forgetAppended();
        worker.point("commit decided");
        if (!done) {
            throw new OutcomeUnknown("the transaction is not open any more", null);
        }
        if (dice < 14) {
            throw new OutcomeUnknown("the answer to the commit got lost", null);
        }
        open = false;
    }

    @Override
    public void abort() {
        worker.point("abort");
        refused = false;
        if (!open) {
            return;
        }
        Producer producer = kafka.producer(id);
        if (producer.epoch != epoch) {
            throw new OutcomeUnknown("fenced", null);
        }
        if (producer.current != null) {
            kafka.abort(producer.current);
        }
        open = false;
        sim.countAbort(worker, producer.current);
    }

    @Override
    public void replace() {
        worker.point("replace");
        refused = false;
        Producer producer = kafka.producer(id);
        if (sim.isBroken(Rule.R7) && producer.epoch == epoch) {
            if (producer.current != null) {
                kafka.abort(producer.current);
            }
            open = false;
            return;
        }
        if (producer.current != null
                && producer.current.state == TxnState.PREPARE_COMMIT
                && sim.faults
                && sim.random.nextInt(3) > 0) {
            throw new OutcomeUnknown("the last transaction is still being completed", null);
        }
        producer.epoch++;
        if (sim.fault(3)) {
            throw new OutcomeUnknown("no answer", null);
        }
        if (producer.current != null) {
            kafka.abort(producer.current);
            kafka.completeMarkers(producer.current);
            producer.current = null;
        }
        epoch = producer.epoch;
        open = false;
        worker.point("replaced");
    }

    @Override
    public void close(Duration timeout) {
        // What is open stays open until it times out or is taken over.
    }
}
