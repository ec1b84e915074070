package io.tidemark.runtime.simulation;

import io.tidemark.error.PositionLost;
import io.tidemark.error.SourceFailed;
import io.tidemark.stream.AssignmentListener;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.GroupToken;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.PolledRecords;
import io.tidemark.stream.Position;
import io.tidemark.stream.RecordSource;
import io.tidemark.stream.TopicFacts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** A simulated group member: cooperative or eager, evicted without being told until it polls. */
final class SimSource implements RecordSource {

    private final Sim sim;
    private final SimWorker worker;
    private final SimKafka kafka;
    private final String member;
    private final Set<InputPartition> mine = new TreeSet<>();
    private final Set<InputPartition> paused = new HashSet<>();
    private final Map<InputPartition, Long> positions = new HashMap<>();

    SimSource(Sim sim, SimWorker worker, String member) {
        this.sim = sim;
        this.worker = worker;
        this.kafka = sim.kafka;
        this.member = member;
    }

    @Override
    public boolean claimPlace() {
        return true;
    }

    @Override
    public PolledRecords poll(Duration timeout, AssignmentListener listener) {
        worker.point("poll");
        if (sim.faults && sim.random.nextInt(300) == 0) {
            throw new SourceFailed("the membership is beyond repair", null);
        }
        sim.now += Math.max(timeout.toNanos() / 4, 10_000);
        Integer at = kafka.members.get(member);
        if (at == null) {
            if (!mine.isEmpty()) {
                Set<InputPartition> gone = new TreeSet<>(mine);
                sim.trace(worker + " lost " + gone);
                listener.lost(gone);
                drop(gone);
            }
            kafka.members.put(member, -1);
            kafka.rebalance();
            return Batch.EMPTY;
        }
        if (at < kafka.generation) {
            kafka.members.put(member, kafka.generation);
            Set<InputPartition> going = new TreeSet<>();
            for (InputPartition partition : mine) {
                if (sim.eager || !member.equals(kafka.targets.get(partition))) {
                    going.add(partition);
                }
            }
            if (!going.isEmpty()) {
                sim.trace(worker + " revoked " + going);
                listener.revoked(going);
                drop(going);
                going.forEach(partition -> kafka.owners.remove(partition, member));
            }
        }
        worker.point("assign");
        if (!kafka.members.containsKey(member)) {
            return Batch.EMPTY;
        }
        Set<InputPartition> coming = new TreeSet<>();
        kafka.targets.forEach((partition, target) -> {
            if (target.equals(member) && !mine.contains(partition) && kafka.owners.get(partition) == null) {
                coming.add(partition);
            }
        });
        if (!coming.isEmpty()) {
            coming.forEach(partition -> kafka.owners.put(partition, member));
            mine.addAll(coming);
            sim.trace(worker + " assigned " + coming);
            listener.assigned(coming);
        }
        return fetch();
    }

    private void drop(Set<InputPartition> partitions) {
        mine.removeAll(partitions);
        paused.removeAll(partitions);
        positions.keySet().removeAll(partitions);
    }

    private PolledRecords fetch() {
        List<InputRecord> records = new ArrayList<>();
        Map<InputPartition, Position> next = new LinkedHashMap<>();
        for (InputPartition partition : mine) {
            Long position = positions.get(partition);
            if (position == null || paused.contains(partition)) {
                continue;
            }
            if (position < sim.logStart(partition)) {
                throw new PositionLost(
                        partition.topic(),
                        partition.partition(),
                        sim.logStart(partition),
                        "offset " + position + " of " + partition + " is gone",
                        null);
            }
            int most = 1 + sim.random.nextInt(4);
            long reached = position;
            for (Oracle.Input input : sim.available(partition)) {
                if (input.offset() >= position && most-- > 0) {
                    records.add(new Fetched(partition, input));
                    reached = input.offset() + 1;
                }
            }
            if (sim.random.nextInt(3) == 0) {
                reached = sim.markersUpTo(partition, reached);
            }
            if (reached > position) {
                positions.put(partition, reached);
                next.put(partition, Position.at(reached));
            }
        }
        return next.isEmpty() ? Batch.EMPTY : new Batch(records, next);
    }

    @Override
    public void pause(Collection<InputPartition> partitions) {
        requireMine(partitions);
        paused.addAll(partitions);
    }

    @Override
    public void resume(Collection<InputPartition> partitions) {
        requireMine(partitions);
        paused.removeAll(partitions);
    }

    @Override
    public void seek(InputPartition partition, Position position) {
        requireMine(List.of(partition));
        positions.put(partition, position.offset());
    }

    /** The real consumer refuses partitions that are not assigned. */
    private void requireMine(Collection<InputPartition> partitions) {
        if (!mine.containsAll(partitions)) {
            throw new IllegalStateException(partitions + " are not all among " + mine);
        }
    }

    @Override
    public Optional<Map<InputPartition, CommittedOffset>> committed(Collection<InputPartition> partitions) {
        worker.point("committed");
        if (!sim.isBroken(Rule.R4) && kafka.isUnstable(partitions)) {
            sim.count("unstable offsets");
            return Optional.empty();
        }
        Map<InputPartition, CommittedOffset> found = new HashMap<>();
        for (InputPartition partition : partitions) {
            CommittedOffset offset = kafka.offsets.get(partition);
            if (offset != null) {
                found.put(partition, offset);
            }
        }
        return Optional.of(found);
    }

    @Override
    public Optional<TopicFacts> facts(String topic) {
        return Optional.of(new TopicFacts(new UUID(7, topic.hashCode()), sim.tasks));
    }

    @Override
    public boolean isMissing(String topic) {
        return false;
    }

    @Override
    public Optional<Position> startPosition(InputPartition partition) {
        return Optional.of(Position.at(0));
    }

    @Override
    public Optional<Position> adoptedPosition(InputPartition partition) {
        return startPosition(partition);
    }

    @Override
    public String factsFailure(String topic) {
        return null;
    }

    @Override
    public boolean isPlaced() {
        return true;
    }

    @Override
    public GroupToken groupToken() {
        Integer at = kafka.members.get(member);
        return new SimKafka.Token(at == null ? 0 : at, member);
    }

    @Override
    public long lag(InputPartition partition) {
        return -1;
    }

    @Override
    public void close(boolean leave, Duration timeout) {
        // The member stays until it is evicted, as a static one does.
    }

    record Fetched(InputPartition from, Oracle.Input input) implements InputRecord {
        @Override
        public String topic() {
            return from.topic();
        }

        @Override
        public int partition() {
            return from.partition();
        }

        @Override
        public long offset() {
            return input.offset();
        }

        @Override
        public int leaderEpoch() {
            return 0;
        }

        @Override
        public long timestamp() {
            return input.offset();
        }

        @Override
        public byte[] key() {
            return input.key().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] value() {
            return (input.clears() ? "clear" : Long.toString(input.value())).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] header(String name) {
            return null;
        }

        @Override
        public List<io.tidemark.stream.RecordHeader> headers() {
            return List.of();
        }
    }

    private static final class Batch implements PolledRecords {
        static final Batch EMPTY = new Batch(List.of(), Map.of());
        private final List<InputRecord> records;
        private final Map<InputPartition, Position> next;
        private int at = -1;

        Batch(List<InputRecord> records, Map<InputPartition, Position> next) {
            this.records = records;
            this.next = next;
        }

        @Override
        public boolean advance() {
            return ++at < records.size();
        }

        @Override
        public InputRecord current() {
            return records.get(at);
        }

        @Override
        public int nextKeys(byte[][] keys) {
            int found = 0;
            for (int i = at + 1; i < records.size() && found < keys.length; i++) {
                byte[] key = records.get(i).key();
                if (key != null && records.get(i).partition() == current().partition()) {
                    keys[found++] = key;
                }
            }
            return found;
        }

        @Override
        public int count() {
            return records.size();
        }

        @Override
        public Map<InputPartition, Position> nextPositions() {
            return next;
        }
    }
}
