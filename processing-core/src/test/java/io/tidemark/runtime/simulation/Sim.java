package io.tidemark.runtime.simulation;

import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.OnNewerState;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.RecordHandler;
import io.tidemark.api.StateAccess;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.changelog.BaseSettings;
import io.tidemark.changelog.Replay;
import io.tidemark.changelog.SegmentCodec;
import io.tidemark.checkpoint.CheckpointRef;
import io.tidemark.checkpoint.Pointer;
import io.tidemark.checkpoint.PointerCodec;
import io.tidemark.codec.Lz4Compression;
import io.tidemark.codec.RawCodecs;
import io.tidemark.error.StateCorrupted;
import io.tidemark.runtime.CheckpointSettings;
import io.tidemark.runtime.ErrorPolicy;
import io.tidemark.runtime.ErrorSettings;
import io.tidemark.runtime.InputChanges;
import io.tidemark.runtime.RuntimeEvent;
import io.tidemark.runtime.StoreSettings;
import io.tidemark.runtime.WorkerSettings;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.InputPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;

/**
 * One run of the simulation, fixed by its seed: a stormy part in which anything can happen between any two actions, then a calm part
 * in which everything must arrive.
 */
final class Sim {

    static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(15);

    /** While nothing else goes wrong, one call finds out that it is slow, and one by itself succeeds; and somebody ends transactions. */
    private static final int MOST_SLOW_CALLS = 4;

    private static final int STORM_STEPS = 200;
    private static final int CALM_STEPS = 20_000;

    final Random random;
    final SimKafka kafka;
    final Oracle oracle;
    final SegmentCodec codec = new SegmentCodec(new Lz4Compression(), 1024, 1 << 20);
    final WorkerSettings settings;
    final Baton baton = new Baton(Thread.currentThread());
    final Thread scheduler = Thread.currentThread();
    final boolean eager;
    final int tasks;
    final int switchPercent;

    /** Whether some records have outputs the broker refuses; their handlers fail for no other reason then. */
    final boolean refusing;

    /** Whether some handlers take longer than a transaction may. */
    final boolean sluggish;

    final List<String> trace;
    long now;
    boolean faults = true;
    private final long seed;
    private final Set<Rule> broken;
    private final boolean tamper;
    private final Map<String, Integer> counts;
    private final List<SimWorker> workers = new ArrayList<>();
    private final Map<InputPartition, List<Oracle.Input>> inputs = new TreeMap<>();
    private final Map<InputPartition, Integer> arrived = new HashMap<>();
    private final List<Map<InputPartition, CommittedOffset>> history = new ArrayList<>();
    private final Map<InputPartition, CommittedOffset> moved = new HashMap<>();
    private final Map<String, Integer> slowCalls = new HashMap<>();
    private String stalled;
    private boolean refused;
    private boolean tampered;
    private boolean tamperedForGood;

    /**
     * @param broken rules the world breaks
     * @param tamper whether somebody meddles with offsets and disks; then tasks may be refused, but nothing may be wrong
     * @param counts how often what happened, over all runs
     * @param tracing whether to keep a trace
     */
    Sim(long seed, Set<Rule> broken, boolean tamper, Map<String, Integer> counts, boolean tracing) {
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.broken = broken.isEmpty() ? EnumSet.noneOf(Rule.class) : EnumSet.copyOf(broken);
        this.tamper = tamper;
        this.counts = counts;
        this.trace = tracing ? new ArrayList<>() : null;
        this.eager = random.nextInt(3) == 0;
        this.tasks = 1 + random.nextInt(2);
        this.switchPercent = 10 + random.nextInt(50);
        this.refusing = random.nextInt(5) == 0;
        // of a record that is refused as well nobody could say how often it should be called
        this.sluggish = !refusing && random.nextInt(4) == 0;
        List<String> topics = random.nextBoolean() ? List.of("a") : List.of("a", "b");
        topics.forEach(topic -> {
            for (int task = 0; task < tasks; task++) {
                generate(new InputPartition(topic, task), topics);
            }
        });
        this.oracle = new Oracle(inputs, this::count);
        this.kafka = new SimKafka(this, inputs.keySet());
        boolean lazyFold = random.nextBoolean();
        this.settings = new WorkerSettings(
                new CheckpointSettings(
                        Duration.ofMillis(2 + random.nextInt(20)),
                        2 + random.nextInt(6),
                        1L << (6 + random.nextInt(8)),
                        Duration.ofMillis(random.nextInt(3)),
                        Duration.ofMillis(5 + random.nextInt(200)),
                        Duration.ofMillis(random.nextInt(4) == 0 ? 0 : 1_000)),
                new StoreSettings(
                        Duration.ofMillis(lazyFold ? 200 : 5),
                        lazyFold ? 1 << 20 : 64,
                        lazyFold ? 20_000 : 1 << 20,
                        (1 + random.nextInt(6)) * 700L),
                new BaseSettings(
                        random.nextInt(4) == 0 ? Long.MAX_VALUE / 8 : random.nextInt(800),
                        1 + random.nextInt(200),
                        random.nextInt(3) == 0 ? 1 << 20 : 50 + random.nextInt(300)),
                ErrorSettings.defaults()
                        .withAttempts(refusing ? 2 : 1_000_000, Duration.ofMillis(1))
                        .with(ErrorPolicy.SKIP, null),
                Duration.ofMillis(20),
                Duration.ofMillis(30),
                Duration.ofMillis(60),
                InputChanges.NONE,
                OnNewerState.WAIT,
                false,
                false);
        ProcessorDefinition definition = definition(topics);
        for (int i = 0; i < 2; i++) {
            workers.add(new SimWorker(this, i, definition));
        }
    }

    private void generate(InputPartition partition, List<String> topics) {
        List<Oracle.Input> records = new ArrayList<>();
        // of two topics sometimes only one moves
        int count = topics.size() > 1 && partition.topic().equals("b") && random.nextInt(3) == 0
                ? 0
                : 4 + random.nextInt(14);
        long offset = 0;
        for (int i = 0; i < count; i++) {
            offset += random.nextInt(6) == 0 ? 2 : 1;
            records.add(new Oracle.Input(
                    offset - 1,
                    "k" + random.nextInt(4),
                    random.nextInt(1000),
                    random.nextInt(8) == 0,
                    refusing && random.nextInt(10) == 0,
                    sluggish && random.nextInt(5) == 0));
        }
        inputs.put(partition, records);
        arrived.put(partition, 0);
    }

    /** What one input topic keeps; the order of two topics is free, so their states are apart. */
    private record TopicStates(
            StateDescriptor<ValueState<Long>> total,
            StateDescriptor<ListState<Long>> values,
            StateDescriptor<MapState<Long, Long>> byRest) {

        static TopicStates of(String topic) {
            return new TopicStates(
                    StateDescriptor.value(topic, RawCodecs.LONG),
                    StateDescriptor.list(topic + "-values", RawCodecs.LONG),
                    StateDescriptor.map(topic + "-by-rest", RawCodecs.LONG, RawCodecs.LONG));
        }

        List<StateDescriptor<?>> all() {
            return List.of(total, values, byRest);
        }
    }

    /** The same program as {@link Oracle.KeyState}, over real state. */
    private record TopicHandles(ValueState<Long> total, ListState<Long> values, MapState<Long, Long> byRest) {

        static TopicHandles of(TopicStates states, StateAccess access) {
            return new TopicHandles(
                    access.state(states.total()), access.state(states.values()), access.state(states.byRest()));
        }

        String take(String value) {
            if (value.equals("clear")) {
                total.clear();
                values.clear();
                byRest.clear();
                return text();
            }
            long added = Long.parseLong(value);
            Long before = total.get();
            total.set(before == null ? added : Oracle.next(before, added));
            if (added % Oracle.LIST_ENDS == 0) {
                values.clear();
            }
            values.add(added);
            if (added % Oracle.REST_GOES == 0) {
                byRest.remove(added % Oracle.RESTS);
            } else {
                byRest.put(added % Oracle.RESTS, added);
            }
            return text();
        }

        private String text() {
            Map<Long, Long> entries = new LinkedHashMap<>();
            byRest.entries().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
            return total.get() + " " + values.toList() + " " + entries;
        }
    }

    private ProcessorDefinition definition(List<String> topics) {
        List<StateDescriptor<?>> states = new ArrayList<>();
        Map<String, TopicStates> byTopic = new HashMap<>();
        for (String topic : topics) {
            byTopic.put(topic, TopicStates.of(topic));
            states.addAll(byTopic.get(topic).all());
        }
        return new ProcessorDefinition("sim", topics, Set.of("out"), states, Set.of(), access -> {
            Map<String, TopicHandles> handles = new HashMap<>();
            byTopic.forEach((topic, of) -> handles.put(topic, TopicHandles.of(of, access)));
            RecordHandler handler = (record, out) -> {
                String state = handles.get(record.topic()).take(new String(record.value(), StandardCharsets.UTF_8));
                InputPartition from = new InputPartition(record.topic(), record.partition());
                if (is(Oracle.Input::slow, from, record.offset())) {
                    outlastTransaction(from, record.offset());
                }
                if (!refusing && fault(3)) {
                    count("handler failed");
                    throw new IllegalStateException("the handler fails now and then");
                }
                if (is(Oracle.Input::refused, from, record.offset())) {
                    out.emit(SimLog.REFUSED, record.key(), new byte[0], null, Map.of());
                }
                out.emit(
                        "out",
                        record.key(),
                        Oracle.output(from, record.offset(), state).getBytes(StandardCharsets.UTF_8),
                        null,
                        Map.of());
            };
            return handler;
        });
    }

    /** Runs it; throws {@link Violation} when an invariant does not hold. */
    void run(ExecutorService threads) {
        workers.forEach(worker -> worker.start(threads));
        try {
            storm();
            calm();
        } finally {
            workers.forEach(SimWorker::end);
        }
    }

    private void storm() {
        for (int step = 0; step < STORM_STEPS; step++) {
            now += random.nextInt(2_000_000);
            arrive();
            int dice = random.nextInt(1000);
            if (dice < 700) {
                workers.get(random.nextInt(workers.size())).resume();
            } else if (dice < 800) {
                deliver();
            } else if (dice < 840) {
                now += random.nextInt(40_000_000);
            } else if (dice < 880) {
                crash(workers.get(random.nextInt(workers.size())));
            } else if (dice < 910) {
                kafka.rebalance();
            } else if (dice < 930) {
                kafka.evict(workers.get(random.nextInt(workers.size())).id);
            } else if (dice < 935) {
                workers.get(random.nextInt(workers.size())).requestStop();
            } else if (dice < 945) {
                kafka.timeOut(workers.get(random.nextInt(workers.size())).id);
            } else if (dice < 960 && tamper) {
                meddle();
            }
            remember();
        }
    }

    private void calm() {
        faults = false;
        putBack();
        kafka.rebalance();
        arrived.replaceAll((partition, count) -> inputs.get(partition).size());
        for (int step = 0; step < CALM_STEPS; step++) {
            now += 500_000;
            if (step % 3 == 0) {
                deliver();
            }
            if (step % 500 == 499) {
                workers.forEach(worker -> kafka.timeOut(worker.id));
            }
            workers.get(step % workers.size()).resume();
            if (stalled != null) {
                throw new Violation(stalled);
            }
            if (oracle.allDecided() && !kafka.anyOpen() && kafka.network.isEmpty() && step > 50) {
                verifyEnd();
                return;
            }
            if (refused && tamperedForGood && step > 400) {
                return; // left to a person, as it should be
            }
        }
        if (refused && tamperedForGood) {
            return;
        }
        StringBuilder state = new StringBuilder();
        workers.forEach(worker -> state.append(worker.describe()).append("; "));
        throw new Violation("Not everything arrived: " + oracle.missing() + " open=" + kafka.anyOpen() + " " + state);
    }

    private void verifyEnd() {
        for (int task = 0; task < tasks; task++) {
            CommittedOffset committed = kafka.offsets.get(new InputPartition("a", task));
            if (committed == null) {
                throw new Violation("Task " + task + " has no committed offset");
            }
            CheckpointRef ref = PointerCodec.decode(committed.metadata())
                    .map(Pointer::checkpoint)
                    .orElseThrow();
            InMemoryStateStore store = new InMemoryStateStore();
            if (!tampered) {
                replay(task, ref, store);
            }
        }
    }

    /** The mirror: what a new machine would restore equals what was computed. */
    private void replay(int task, CheckpointRef ref, InMemoryStateStore store) {
        Replay replay = new Replay(store, ref.id(), ref.hash(), codec, 1 << 20);
        Replay.Progress progress = Replay.Progress.MORE;
        List<SimKafka.Entry> log = kafka.logs.get(task);
        if (ref.base() < kafka.logStart(task)) {
            throw new Violation("Task " + task + " has lost its base at " + ref.base() + ": its changelog starts at "
                    + kafka.logStart(task));
        }
        if (kafka.logStart(task) > 0) {
            count("ended with a trimmed changelog");
        }
        for (long offset = ref.base(); offset < ref.end() && progress == Replay.Progress.MORE; offset++) {
            SimKafka.Entry entry = log.get((int) offset);
            if (entry.value != null && entry.committed && !entry.lost) {
                try {
                    progress = replay.accept(offset, entry.value);
                } catch (StateCorrupted e) {
                    throw new Violation("Task " + task + " cannot be restored from its changelog: " + e.getMessage());
                }
            }
        }
        if (progress != Replay.Progress.REACHED) {
            throw new Violation("Task " + task + " cannot be restored from its changelog");
        }
        oracle.stored(task, store, store.position());
    }

    private void deliver() {
        if (!kafka.network.isEmpty() && random.nextBoolean()) {
            kafka.deliver(kafka.network.get(random.nextInt(kafka.network.size())));
            return;
        }
        List<SimKafka.Txn> due = kafka.withDueMarkers();
        if (!due.isEmpty()) {
            kafka.writeMarker(due.get(random.nextInt(due.size())));
        }
    }

    private void crash(SimWorker worker) {
        worker.crash();
        switch (random.nextInt(4)) {
            case 0 -> {
                worker.disk.lose();
                count("crash, disk lost");
            }
            case 1 -> {
                worker.disk.losePower();
                count("crash, tail of the disk lost");
            }
            default -> count("crash, disk kept");
        }
    }

    /** An operator with the wrong idea. */
    private void meddle() {
        int task = random.nextInt(tasks);
        switch (random.nextInt(3)) {
            case 0 -> rewind(task);
            case 1 -> moveOffset(task);
            default -> {
                SimWorker worker = workers.get(random.nextInt(workers.size()));
                worker.crash();
                worker.disk.copyFrom(workers.get(0) == worker ? workers.get(1).disk : workers.get(0).disk);
                tampered = true;
                tamperedForGood = true;
                count("disk copied from another instance");
            }
        }
    }

    /** Everybody stops, the offsets of a task are put back to an older checkpoint, with their metadata. */
    private void rewind(int task) {
        List<Map<InputPartition, CommittedOffset>> older =
                history.stream().filter(offsets -> covers(offsets, task)).toList();
        if (older.isEmpty()) {
            return;
        }
        workers.forEach(SimWorker::crash);
        workers.forEach(worker -> kafka.fence(worker.id));
        kafka.network.clear();
        Map<InputPartition, Long> back = new HashMap<>();
        Map<InputPartition, CommittedOffset> to = older.get(random.nextInt(older.size()));
        to.forEach((partition, offset) -> {
            if (partition.partition() == task) {
                kafka.offsets.put(partition, offset);
                back.put(partition, offset.offset());
            }
        });
        CommittedOffset any = kafka.offsets.get(new InputPartition("a", task));
        oracle.rewound(
                back,
                PointerCodec.decode(any.metadata()).orElseThrow().checkpoint().id(),
                task);
        tampered = true;
        tamperedForGood = true;
        moved.clear();
        count("offsets put back");
    }

    /** An admin moves an offset and keeps what is stored with it. */
    private void moveOffset(int task) {
        InputPartition partition = new InputPartition("a", task);
        CommittedOffset offset = kafka.offsets.get(partition);
        if (offset == null || offset.offset() == 0 || kafka.isUnstable(List.of(partition))) {
            return;
        }
        workers.forEach(SimWorker::crash);
        workers.forEach(worker -> kafka.fence(worker.id));
        kafka.network.clear();
        long to = offset.offset() - 1;
        String metadata = offset.metadata();
        if (isBroken(Rule.R3)) {
            Pointer pointer = PointerCodec.decode(metadata).orElseThrow();
            metadata = PointerCodec.encode(
                    new Pointer(pointer.checkpoint(), to, pointer.topicId(), pointer.partitionCount()));
        }
        kafka.offsets.put(partition, new CommittedOffset(to, offset.leaderEpoch(), metadata));
        moved.putIfAbsent(partition, offset);
        tamperedForGood |= isBroken(Rule.R3);
        oracle.rewound(
                Map.of(partition, to),
                PointerCodec.decode(metadata).orElseThrow().checkpoint().id(),
                task);
        tampered = true;
        count("offset moved");
    }

    /** The operator sees the refusal and takes the way back: then everything must go on by itself. */
    private void putBack() {
        if (tamperedForGood) {
            return;
        }
        moved.forEach((partition, offset) -> {
            kafka.offsets.put(partition, offset);
            oracle.rewound(
                    Map.of(partition, offset.offset()),
                    PointerCodec.decode(offset.metadata())
                            .orElseThrow()
                            .checkpoint()
                            .id(),
                    partition.partition());
            count("moved offset put back");
        });
    }

    private boolean covers(Map<InputPartition, CommittedOffset> offsets, int task) {
        return inputs.keySet().stream()
                .filter(partition -> partition.partition() == task)
                .allMatch(offsets::containsKey);
    }

    private void remember() {
        if (tamper && random.nextInt(10) == 0 && !kafka.isUnstable(inputs.keySet())) {
            history.add(new HashMap<>(kafka.offsets));
        }
    }

    private void arrive() {
        arrived.replaceAll((partition, count) ->
                Math.min(inputs.get(partition).size(), count + (random.nextInt(4) == 0 ? random.nextInt(3) : 0)));
    }

    // ---- what the parts ask

    List<Oracle.Input> available(InputPartition partition) {
        return inputs.get(partition).subList(0, arrived.get(partition));
    }

    private boolean is(Predicate<Oracle.Input> kind, InputPartition partition, long offset) {
        return inputs.get(partition).stream().anyMatch(input -> input.offset() == offset && kind.test(input));
    }

    /** Time passes in a handler; the broker ends the transaction its worker has open, and only that. */
    private void outlastTransaction(InputPartition partition, long offset) {
        count("slow handler");
        if (!faults && slowCalls.merge(partition + "@" + offset, 1, Integer::sum) > MOST_SLOW_CALLS) {
            stalled = "The slow record " + partition + "@" + offset + " is tried again and again";
        }
        now += TRANSACTION_TIMEOUT.toNanos() + 1;
        workers.stream().filter(SimWorker::isCurrent).forEach(worker -> kafka.timeOut(worker.id));
    }

    /** Markers and aborted records come before the record they lie before, and behind the last one. */
    long markersUpTo(InputPartition partition, long offset) {
        for (Oracle.Input input : inputs.get(partition)) {
            if (input.offset() >= offset) {
                return input.offset();
            }
        }
        return Math.max(offset, oracle.end(partition) + 2);
    }

    long logStart(InputPartition partition) {
        return 0;
    }

    UUID attempt() {
        return isBroken(Rule.R1) ? new UUID(0, 0) : new UUID(random.nextLong(), random.nextLong());
    }

    boolean isBroken(Rule rule) {
        return broken.contains(rule);
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** Whether a fault of that probability in percent strikes now; never in the calm part. */
    boolean fault(int percent) {
        return faults && chance(percent);
    }

    void event(SimWorker worker, RuntimeEvent event) {
        if (trace != null) {
            trace(worker + " " + event);
        }
        if (event instanceof RuntimeEvent.TaskRefused refusal) {
            refused = true;
            if (!tampered) {
                throw new Violation("A task is refused although nobody meddled: " + refusal.message());
            }
            count("refused");
        } else if (event instanceof RuntimeEvent.TaskRestored restored) {
            count("restored " + restored.source());
        } else if (event instanceof RuntimeEvent.CheckpointAborted aborted) {
            count("attempt void");
        } else if (event instanceof RuntimeEvent.ProducerReplaced) {
            count("doubt");
        } else if (event instanceof RuntimeEvent.RecordSkipped) {
            count("record with a refused output left out");
        } else if (event instanceof RuntimeEvent.TaskReleased released) {
            count(released.lost() ? "lost" : "revoked");
        }
    }

    /** Counts an aborted attempt, and whether it met one of the cases that are easy to get wrong. */
    void countAbort(SimWorker worker, SimKafka.Txn txn) {
        count("aborted");
        for (int task : txn == null ? Set.<Integer>of() : txn.logs) {
            if (!kafka.offsets.containsKey(new InputPartition("a", task))) {
                count("first transaction of a task aborted");
            } else if (worker.disk.isBehind(task, oracle)) {
                count("aborted over pending cells");
            }
        }
    }

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    void trace(String line) {
        if (trace != null) {
            trace.add(now / 1_000 + "us " + line);
        }
    }

    String story() {
        return "seed " + seed + (trace == null ? "" : "\n" + String.join("\n", trace));
    }
}
