package io.tidemark.runtime.simulation;

import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.GroupToken;
import io.tidemark.stream.InputPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A model of Kafka: a group with generations, a transaction coordinator whose markers reach each partition on their own, late messages.
 * It promises no more than brokers before transaction version 2: the epoch moves only with a new producer or a time-out.
 */
final class SimKafka {

    enum TxnState {
        OPEN,
        PREPARE_COMMIT,
        PREPARE_ABORT,
        DONE
    }

    /** One transaction. */
    static final class Txn {
        final String owner;
        final List<String> outputs = new ArrayList<>();
        final Map<InputPartition, CommittedOffset> offsets = new LinkedHashMap<>();
        final Set<Integer> logs = new TreeSet<>();
        TxnState state = TxnState.OPEN;
        boolean offsetsMarkerDue;
        final Set<Integer> logMarkersDue = new TreeSet<>();

        Txn(String owner) {
            this.owner = owner;
        }

        boolean isUndecidedFor(InputPartition partition) {
            return offsets.containsKey(partition)
                    && (state == TxnState.OPEN || ((state != TxnState.DONE) && offsetsMarkerDue));
        }
    }

    /** An entry of a changelog partition: a record, or a marker when it has no value. */
    static final class Entry {
        final byte[] value;
        final Txn txn;
        boolean decided;
        boolean committed;
        boolean lost;

        Entry(byte[] value, Txn txn) {
            this.value = value;
            this.txn = txn;
        }
    }

    /** What the coordinator knows of a transactional id. */
    static final class Producer {
        int epoch = -1;
        Txn current;
    }

    record Token(int generation, String memberId) implements GroupToken {}

    /** A commit request on its way. */
    record EndTxn(String owner, int epoch) {}

    final Map<String, Producer> producers = new HashMap<>();
    final Map<Integer, List<Entry>> logs = new TreeMap<>();
    private final Map<Integer, Long> logStarts = new HashMap<>();
    final Map<InputPartition, CommittedOffset> offsets = new HashMap<>();
    final List<EndTxn> network = new ArrayList<>();
    final Map<String, Integer> members = new TreeMap<>();
    final Map<InputPartition, String> owners = new HashMap<>();
    final Map<InputPartition, String> targets = new HashMap<>();
    private final Sim sim;
    private final Collection<InputPartition> partitions;
    int generation;

    SimKafka(Sim sim, Collection<InputPartition> partitions) {
        this.sim = sim;
        this.partitions = partitions;
        for (InputPartition partition : partitions) {
            logs.computeIfAbsent(partition.partition(), p -> new ArrayList<>());
        }
    }

    // ---- group

    /** A new generation with any assignment over the members. */
    void rebalance() {
        generation++;
        List<String> alive = List.copyOf(members.keySet());
        Map<Integer, String> byTask = new HashMap<>();
        targets.clear();
        if (alive.isEmpty()) {
            return;
        }
        // an assignor in the middle of a move can leave the inputs of one task with two members for a while
        boolean split = sim.fault(10);
        for (InputPartition partition : partitions) {
            String target = split
                    ? alive.get(sim.random.nextInt(alive.size()))
                    : byTask.computeIfAbsent(partition.partition(), p -> alive.get(sim.random.nextInt(alive.size())));
            targets.put(partition, target);
        }
        sim.trace("rebalance to generation " + generation + ": " + targets);
    }

    void evict(String member) {
        if (members.remove(member) != null) {
            owners.values().removeIf(member::equals);
            sim.trace("evicted " + member);
            rebalance();
        }
    }

    boolean isCurrent(GroupToken token) {
        Integer at = members.get(token.memberId());
        return at != null && at == generation && token.generation() == generation;
    }

    // ---- transactions

    Producer producer(String owner) {
        return producers.computeIfAbsent(owner, o -> new Producer());
    }

    boolean isUnstable(Collection<InputPartition> asked) {
        for (Producer producer : producers.values()) {
            Txn txn = producer.current;
            if (txn != null && asked.stream().anyMatch(txn::isUndecidedFor)) {
                return true;
            }
        }
        return false;
    }

    /** Every message that can still arrive. */
    void deliver(EndTxn message) {
        network.remove(message);
        endCommit(message.owner(), message.epoch());
    }

    /** The coordinator handles a commit request; whether it took effect. */
    boolean endCommit(String owner, int epoch) {
        Producer producer = producer(owner);
        Txn txn = producer.current;
        if (producer.epoch != epoch || txn == null || txn.state != TxnState.OPEN) {
            return false;
        }
        txn.state = TxnState.PREPARE_COMMIT;
        sim.trace("decided " + owner + " " + txn.offsets.keySet());
        sim.oracle.decided(txn.offsets, txn.outputs);
        dueMarkers(txn);
        return true;
    }

    void abort(Txn txn) {
        if (txn.state == TxnState.OPEN) {
            txn.state = TxnState.PREPARE_ABORT;
            sim.trace("aborted " + txn.owner);
            dueMarkers(txn);
        }
    }

    private void dueMarkers(Txn txn) {
        txn.offsetsMarkerDue = !txn.offsets.isEmpty();
        txn.logMarkersDue.addAll(txn.logs);
        settle(txn);
    }

    List<Txn> withDueMarkers() {
        List<Txn> due = new ArrayList<>();
        for (Producer producer : producers.values()) {
            Txn txn = producer.current;
            if (txn != null && (txn.state == TxnState.PREPARE_COMMIT || txn.state == TxnState.PREPARE_ABORT)) {
                due.add(txn);
            }
        }
        return due;
    }

    /** Writes one of the markers that are due. */
    void writeMarker(Txn txn) {
        boolean commit = txn.state == TxnState.PREPARE_COMMIT;
        boolean offsetsNow = txn.offsetsMarkerDue && (txn.logMarkersDue.isEmpty() || sim.random.nextBoolean());
        if (offsetsNow) {
            txn.offsetsMarkerDue = false;
            if (commit) {
                offsets.putAll(txn.offsets);
            }
            sim.trace("marker of " + txn.owner + " on the offsets");
        } else if (!txn.logMarkersDue.isEmpty()) {
            List<Integer> due = List.copyOf(txn.logMarkersDue);
            int partition = due.get(sim.random.nextInt(due.size()));
            txn.logMarkersDue.remove(partition);
            for (Entry entry : logs.get(partition)) {
                if (entry.txn == txn) {
                    entry.decided = true;
                    entry.committed = commit;
                }
            }
            Entry marker = new Entry(null, txn);
            marker.decided = true;
            logs.get(partition).add(marker);
            sim.trace("marker of " + txn.owner + " on changelog " + partition);
        }
        settle(txn);
    }

    private static void settle(Txn txn) {
        if (!txn.offsetsMarkerDue && txn.logMarkersDue.isEmpty()) {
            txn.state = TxnState.DONE;
        }
    }

    void completeMarkers(Txn txn) {
        while (txn.state == TxnState.PREPARE_COMMIT || txn.state == TxnState.PREPARE_ABORT) {
            writeMarker(txn);
        }
    }

    /** The coordinator gives up on an open transaction. */
    void timeOut(String owner) {
        Producer producer = producer(owner);
        if (producer.current != null && producer.current.state == TxnState.OPEN) {
            abort(producer.current);
            producer.epoch++;
        }
    }

    void fence(String owner) {
        Producer producer = producer(owner);
        producer.epoch++;
        if (producer.current != null) {
            abort(producer.current);
            completeMarkers(producer.current);
        }
    }

    // ---- changelog

    long stableEnd(int partition) {
        List<Entry> log = logs.get(partition);
        for (int offset = 0; offset < log.size(); offset++) {
            if (!log.get(offset).decided) {
                return offset;
            }
        }
        return log.size();
    }

    Optional<Entry> newestRecord(int partition) {
        List<Entry> log = logs.get(partition);
        for (int offset = log.size() - 1; offset >= logStart(partition); offset--) {
            if (log.get(offset).value != null) {
                return Optional.of(log.get(offset));
            }
        }
        return Optional.empty();
    }

    long logStart(int partition) {
        return logStarts.getOrDefault(partition, 0L);
    }

    /** Brokers delete beyond the last stable offset as well, and what was deleted there is gone even if it is committed later. */
    void deleteBefore(int partition, long offset) {
        long start = Math.min(offset, logs.get(partition).size());
        if (start > logStart(partition)) {
            sim.count("changelog trimmed");
            sim.trace("changelog " + partition + " starts at " + start);
            logStarts.put(partition, start);
        }
    }

    boolean anyOpen() {
        return producers.values().stream()
                .anyMatch(producer -> producer.current != null && producer.current.state != TxnState.DONE);
    }
}
