package io.tidemark.runtime.simulation;

import io.tidemark.checkpoint.PointerCodec;
import io.tidemark.error.StateCorrupted;
import io.tidemark.error.StorageFailed;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.RowCursor;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateStore;
import io.tidemark.state.StateStores;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.TaskId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The disk of one simulated process. Batches are atomic; a power loss can take the newest ones. */
final class SimDisk implements StateStores {

    /** One store as it was after a batch. */
    private record Version(TreeMap<String, byte[]> rows, StorePosition position) {}

    private final Sim sim;
    private final SimWorker worker;
    private final Map<Integer, List<Version>> versions = new TreeMap<>();
    private final Set<Integer> open = new HashSet<>();

    SimDisk(Sim sim, SimWorker worker) {
        this.sim = sim;
        this.worker = worker;
    }

    void lose() {
        versions.clear();
    }

    /** The unsynced tail of every write-ahead log is gone: each store is some earlier whole version. */
    void losePower() {
        versions.values().forEach(all -> {
            int keep = 1 + sim.random.nextInt(all.size());
            while (all.size() > keep) {
                all.remove(all.size() - 1);
            }
        });
    }

    /** Somebody copied the directory of another instance here. */
    void copyFrom(SimDisk other) {
        versions.clear();
        other.versions.forEach((task, all) -> versions.put(task, new ArrayList<>(all)));
    }

    /** Whether the store of the task lags behind its newest decided checkpoint. */
    boolean isBehind(int task, Oracle oracle) {
        List<Version> all = versions.get(task);
        return all == null || !oracle.isNewest(task, all.get(all.size() - 1).position());
    }

    void released() {
        open.clear();
    }

    @Override
    public StateStore open(TaskId task) {
        worker.point("open store");
        if (sim.fault(2)) {
            throw new StorageFailed("the directory cannot be opened now", null);
        }
        if (!open.add(task.partition())) {
            throw new IllegalStateException("store of " + task + " opened twice");
        }
        return new Store(task.partition());
    }

    @Override
    public boolean isHeld(TaskId task) {
        return false;
    }

    @Override
    public StateStore openElsewhere(TaskId task) {
        throw new AssertionError("one worker a process");
    }

    @Override
    public void discard(TaskId task) {
        worker.point("discard");
        sim.count("discarded an unfinished base");
        versions.remove(task.partition());
    }

    @Override
    public void quarantine(TaskId task, String reason) {
        worker.point("quarantine");
        sim.count("quarantined");
        versions.remove(task.partition());
    }

    private final class Store implements StateStore {
        private final int task;
        private final InMemoryStateStore rows = new InMemoryStateStore();

        Store(int task) {
            this.task = task;
            List<Version> all = versions.get(task);
            if (all != null && !all.isEmpty()) {
                Version newest = all.get(all.size() - 1);
                List<StateChange> changes = new ArrayList<>();
                newest.rows()
                        .forEach((row, value) -> changes.add(
                                StateChange.put(java.util.HexFormat.of().parseHex(row), value)));
                rows.apply(changes, newest.position());
            }
        }

        @Override
        public byte[] get(byte[] row) {
            worker.point("get");
            return rows.get(row);
        }

        @Override
        public RowCursor scan(byte[] prefix) {
            return rows.scan(prefix);
        }

        @Override
        public RowCursor range(byte[] from, byte[] to) {
            worker.point("range");
            if (sim.fault(2)) {
                throw new StorageFailed("cannot be read now", null);
            }
            if (sim.fault(2)) {
                sim.count("damage found by a slice");
                throw new StateCorrupted("a block fails its checksum", null);
            }
            return rows.range(from, to);
        }

        @Override
        public byte[] lastRow() {
            return rows.lastRow();
        }

        @Override
        public StorePosition position() {
            StorePosition position = rows.position();
            if (sim.isBroken(Rule.R5) && position != null) {
                CommittedOffset committed = sim.kafka.offsets.get(new InputPartition("a", task));
                if (committed != null) {
                    return PointerCodec.decode(committed.metadata())
                            .map(pointer -> new StorePosition(
                                    pointer.checkpoint().id(),
                                    pointer.checkpoint().end()))
                            .orElse(position);
                }
            }
            return position;
        }

        @Override
        public void apply(List<StateChange> changes, StorePosition position) {
            worker.point("apply");
            if (sim.fault(1)) {
                throw new StorageFailed("disk full", null);
            }
            if (sim.isBroken(Rule.R6) && position != null) {
                rows.apply(List.of(), position);
                keep();
                worker.point("torn apply");
            }
            StorePosition before = rows.position();
            rows.apply(changes, position);
            if (position == null) {
                sim.count("rows of an unfinished base");
                keep();
                worker.point("applied");
                return;
            }
            if (before != null
                    && position.checkpoint().number() > before.checkpoint().number() + 1) {
                sim.count("store several checkpoints behind");
            }
            sim.oracle.stored(task, rows, position);
            keep();
            worker.point("applied");
        }

        private void keep() {
            TreeMap<String, byte[]> copy = new TreeMap<>();
            try (RowCursor cursor = rows.scan(new byte[0])) {
                while (cursor.advance()) {
                    copy.put(java.util.HexFormat.of().formatHex(cursor.row()), cursor.value());
                }
            }
            versions.computeIfAbsent(task, t -> new ArrayList<>()).add(new Version(copy, rows.position()));
        }

        @Override
        public long approximateRows() {
            return rows.approximateRows();
        }

        @Override
        public long approximateBytes() {
            return rows.approximateBytes();
        }

        @Override
        public void close() {
            open.remove(task);
        }
    }
}
