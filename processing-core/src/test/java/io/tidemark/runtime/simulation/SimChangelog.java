package io.tidemark.runtime.simulation;

import io.tidemark.changelog.ChangelogReader;
import io.tidemark.runtime.simulation.SimKafka.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Reads simulated changelog partitions up to the last stable offset. */
final class SimChangelog implements ChangelogReader {

    private final Sim sim;
    private final SimWorker worker;
    private final Map<Integer, Long> positions = new TreeMap<>();

    SimChangelog(Sim sim, SimWorker worker) {
        this.sim = sim;
        this.worker = worker;
    }

    @Override
    public Supplier<Optional<Bounds>> bounds(int partition) {
        return () -> Optional.of(new Bounds(
                sim.kafka.logStart(partition),
                sim.kafka.stableEnd(partition),
                sim.kafka.logs.get(partition).size()));
    }

    @Override
    public Optional<Long> startOffset(int partition) {
        return Optional.of(sim.kafka.logStart(partition));
    }

    @Override
    public void open(int partition, long offset) {
        positions.put(partition, offset);
    }

    @Override
    public void close(int partition) {
        positions.remove(partition);
    }

    @Override
    public boolean isReading() {
        return !positions.isEmpty();
    }

    @Override
    public int poll(Duration timeout, Sink sink) {
        worker.point("read changelog");
        for (int partition : List.copyOf(positions.keySet())) {
            List<Entry> log = sim.kafka.logs.get(partition);
            long end = sim.kafka.stableEnd(partition);
            int most = 1 + sim.random.nextInt(6);
            while (positions.containsKey(partition) && positions.get(partition) < end && most-- > 0) {
                long offset = positions.get(partition);
                if (offset < sim.kafka.logStart(partition)) {
                    break; // out of range: the real reader gets nothing either
                }
                positions.put(partition, offset + 1);
                Entry entry = log.get((int) offset);
                if (entry.value != null && entry.committed && !entry.lost) {
                    sink.record(partition, offset, entry.value);
                    worker.point("applied a changelog record");
                }
            }
        }
        return 0;
    }

    @Override
    public long position(int partition) {
        return sim.isBroken(Rule.R9) ? sim.kafka.logs.get(partition).size() : positions.getOrDefault(partition, 0L);
    }

    @Override
    public Optional<Long> stableEnd(int partition) {
        return Optional.of(sim.kafka.stableEnd(partition));
    }

    @Override
    public Optional<Long> end(int partition) {
        return Optional.of((long) sim.kafka.logs.get(partition).size());
    }

    @Override
    public Optional<String> newestOwner(int partition) {
        return sim.kafka.newestRecord(partition).map(entry -> entry.txn.owner);
    }

    @Override
    public void close() {
        positions.clear();
    }
}
