package io.tidemark.runtime;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.changelog.SegmentCodec;
import io.tidemark.codec.Lz4Compression;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.kafka.AdminConnection;
import io.tidemark.kafka.Crc32Placement;
import io.tidemark.kafka.DefaultPlacement;
import io.tidemark.kafka.GroupBacklog;
import io.tidemark.kafka.GroupProtocol;
import io.tidemark.kafka.KafkaChangelogReader;
import io.tidemark.kafka.KafkaChangelogTrimmer;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.KafkaFencing;
import io.tidemark.kafka.KafkaOutputTopics;
import io.tidemark.kafka.KafkaRecordSource;
import io.tidemark.kafka.KafkaTransactionalLog;
import io.tidemark.kafka.MembershipSettings;
import io.tidemark.kafka.ProcessorTopics;
import io.tidemark.kafka.StartFrom;
import io.tidemark.kafka.TopicDirectory;
import io.tidemark.kafka.WorkerClients;
import io.tidemark.kafka.WorkerIdentity;
import io.tidemark.rocksdb.RocksDbStateStores;
import io.tidemark.runtime.RuntimeEvent.RecordDecided;
import io.tidemark.state.InMemoryStateStores;
import io.tidemark.state.StateStores;
import io.tidemark.stream.KeyPlacement;
import io.tidemark.stream.TaskId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs processors on this instance: start, stop, describe. Thread-safe; once stopped it can be started again.
 */
public final class ProcessingRuntime {

    private static final Map<String, KeyPlacement> PLACEMENTS = placements();
    private static final Logger log = LoggerFactory.getLogger(ProcessingRuntime.class);
    private static final Duration CLUSTER_STEP = Duration.ofMillis(500);
    private static final Duration SWEEP = Duration.ofMinutes(10);
    private static final int MAX_CHUNK = 900_000;
    private static final int CHUNK_RESERVE = 16 << 10;
    private static final int MAX_SEGMENT = 256 << 20;

    private final RuntimeSettings settings;
    private final Map<String, ProcessorDefinition> definitions = new LinkedHashMap<>();
    private final Map<String, ProcessorSettings> processorSettings;
    private final Map<String, KafkaClients> clients;
    private final RuntimeListener listener;
    private volatile Map<String, ProcessorRunner> runners = Map.of();
    private final Map<String, Verdicts> verdicts = new ConcurrentHashMap<>();
    private final Map<String, KafkaOutputTopics> outputTopics = new ConcurrentHashMap<>();
    private final List<AdminConnection> admins = new ArrayList<>();
    private @Nullable StateDirectory directory;
    private volatile @Nullable RocksDbStateStores rocksDb;
    private @Nullable Watchdog watchdog;
    private @Nullable Housekeeping housekeeping;
    private volatile boolean running;
    private boolean lingering;

    /**
     * @param definitions the processors, each with its settings and its cluster under its id
     * @param listeners hear every runtime event, after it was logged
     */
    public ProcessingRuntime(
            RuntimeSettings settings,
            List<ProcessorDefinition> definitions,
            Map<String, ProcessorSettings> processorSettings,
            Map<String, KafkaClients> clients,
            List<RuntimeListener> listeners) {
        this.settings = settings;
        definitions.forEach(definition -> this.definitions.put(definition.id(), definition));
        this.processorSettings = Map.copyOf(processorSettings);
        this.clients = Map.copyOf(clients);
        List<RuntimeListener> all = new ArrayList<>();
        all.add(new LoggingListener(System::nanoTime));
        all.addAll(listeners);
        this.listener = new ListenerChain(all);
    }

    /**
     * Starts all processors; returns at once, they join their groups in the background.
     *
     * @throws EnvironmentRefused when the state directory cannot be used
     */
    public synchronized void start() {
        if (running) {
            return;
        }
        StateDirectory held = StateDirectory.acquire(settings.state(), settings.applicationId(), settings.owner());
        directory = held;
        try {
            start(held);
            running = true;
        } catch (RuntimeException | Error e) {
            if (!lingering) {
                release(); // else a worker has it still, and the process is better ended
            }
            throw e;
        }
    }

    private void start(StateDirectory held) {
        StateStores stores;
        StateSettings state = settings.state();
        if (state.backend() == StateBackend.ROCKSDB) {
            RocksDbStateStores onDisk = new RocksDbStateStores(held.path(), state.memory(), state.scrub());
            rocksDb = onDisk;
            stores = onDisk;
        } else {
            stores = new InMemoryStateStores();
        }
        Map<String, ProcessorRunner> made = new LinkedHashMap<>();
        definitions.values().forEach(definition -> tell(definition, held));
        definitions.values().forEach(definition -> made.put(definition.id(), runner(definition, held, stores)));
        runners = made;
        try {
            made.values().forEach(ProcessorRunner::start);
        } catch (RuntimeException | Error e) {
            lingering = !end(made.values()); // what runs already must not lose the memory under it
            throw e;
        }
        Housekeeping keeping = new Housekeeping();
        housekeeping = keeping;
        made.values().forEach(runner -> keeping.every(CLUSTER_STEP, runner::lookAtBacklog));
        outputTopics.values().forEach(topics -> keeping.every(CLUSTER_STEP, topics::look));
        RocksDbStateStores onDisk = rocksDb;
        if (onDisk != null) {
            keeping.every(SWEEP, () -> deleteUnused(onDisk));
        }
        keeping.every(SWEEP, () -> held.settle(System.nanoTime()));
        watchdog = Watchdog.start(now -> made.values().forEach(runner -> runner.look(now)), System::nanoTime);
    }

    /** What somebody looks for first, in one line. */
    private void tell(ProcessorDefinition definition, StateDirectory held) {
        ProcessorSettings own = setting(processorSettings, definition);
        log.info(
                "processor={} Starts with {} {}: group {} ({} protocol), reads {}, sends to {}, state in {}, a checkpoint every {} ms, on-error={}.",
                definition.id(),
                own.concurrency(),
                own.concurrency() == 1 ? "worker" : "workers",
                groupId(definition.id()),
                own.membership().protocol().name().toLowerCase(Locale.ROOT),
                definition.topics(),
                new TreeSet<>(definition.outputs()),
                settings.state().backend() == StateBackend.ROCKSDB ? held.path() : "memory",
                own.worker().checkpoint().interval().toMillis(),
                own.worker().errors().policy().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    private boolean end(Collection<ProcessorRunner> started) {
        started.forEach(runner -> runner.requestStop(false));
        long deadline = System.nanoTime() + settings.stopBudget().toNanos();
        boolean ended = true;
        try {
            for (ProcessorRunner runner : started) {
                ended &= runner.awaitStarted(deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended = false;
        }
        return ended;
    }

    private void deleteUnused(RocksDbStateStores stores) {
        try {
            stores.deleteUnused(settings.state().keepUnused());
        } catch (IOException e) {
            log.warn("Local stores nobody uses any more could not be deleted: {}", e.toString());
        }
    }

    private void release() {
        if (housekeeping != null) {
            housekeeping.close();
            housekeeping = null;
        }
        if (watchdog != null) {
            watchdog.close();
            watchdog = null;
        }
        admins.forEach(AdminConnection::close);
        admins.clear();
        if (rocksDb != null) {
            rocksDb.close();
            rocksDb = null;
        }
        if (directory != null) {
            directory.close();
            directory = null;
        }
    }

    /** Bytes that local stores use outside the heap, of {@code tidemark.state.memory}; 0 while stopped or without such stores. */
    public long storeMemoryUsed() {
        RocksDbStateStores stores = rocksDb;
        return stores == null ? 0 : stores.memoryUsed();
    }

    /** Stops all processors in order, each with a final checkpoint, within the stop budget. */
    public synchronized void stop() {
        if (!running) {
            return;
        }
        running = false;
        long deadline = System.nanoTime() + settings.stopBudget().toNanos();
        runners.values().forEach(runner -> runner.requestStop(settings.leaveOnStop()));
        boolean ended = true;
        try {
            for (ProcessorRunner runner : runners.values()) {
                ended &= runner.awaitEnd(deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended = false;
        }
        if (!ended) {
            // A worker is stuck in the author's code: its store must not lose the memory under it, nor the directory
            // its lock.
            log.warn(
                    "Not every worker stopped within {}; its open work is not committed and will be processed again.",
                    settings.stopBudget());
            releaseLater(List.copyOf(runners.values()));
            return;
        }
        release();
    }

    /** Once the last worker has ended. */
    private void releaseLater(List<ProcessorRunner> ending) {
        Thread waiting = new Thread(
                () -> {
                    try {
                        for (ProcessorRunner runner : ending) {
                            runner.awaitEnd();
                        }
                    } catch (InterruptedException e) {
                        return;
                    }
                    synchronized (this) {
                        release();
                    }
                },
                "tidemark-release");
        waiting.setDaemon(true);
        waiting.start();
    }

    public boolean isRunning() {
        return running;
    }

    public List<ProcessorDefinition> definitions() {
        return List.copyOf(definitions.values());
    }

    /** What each processor looks like now, by id. */
    public Map<String, ProcessorStatus> status() {
        Map<String, ProcessorStatus> status = new LinkedHashMap<>();
        for (String id : definitions.keySet()) {
            ProcessorRunner runner = runners.get(id);
            status.put(id, runner == null ? ProcessorStatus.stopped(id) : runner.status());
        }
        return status;
    }

    public Optional<ProcessorStatus> status(String processor) {
        return Optional.ofNullable(status().get(processor));
    }

    /** Asks every worker of a processor on this instance for a checkpoint. */
    public void requestCheckpoint(String processor) {
        ProcessorRunner runner = runners.get(processor);
        if (runner != null) {
            runner.requestCheckpoint();
        }
    }

    /**
     * Says what becomes of the record a task of this instance stops before, or waits with; the task goes on with it. Nothing is changed
     * unless it is exactly that record, and the decision can be carried out.
     */
    public DecisionOutcome decide(String processor, RecordId record, RecordDecision decision) {
        Verdicts known = verdicts.get(processor);
        TaskId task = new TaskId(processor, record.partition());
        boolean here = status(processor).stream()
                .flatMap(status -> status.tasks().stream())
                .anyMatch(each -> record.equals(each.record()));
        if (known == null || !here) {
            return DecisionOutcome.NOT_STOPPED;
        }
        ProcessorRunner runner = runners.get(processor);
        if (decision != RecordDecision.SKIP && runner != null && runner.isDeleted(record)) {
            return DecisionOutcome.RECORD_GONE;
        }
        KafkaOutputTopics topics = outputTopics.get(processor);
        if (decision == RecordDecision.DEAD_LETTER
                && topics != null
                && !topics.exists(deadLetterTopic(processor, record.topic()))) {
            return DecisionOutcome.NO_DEAD_LETTER_TOPIC;
        }
        if (!known.of(task).decide(record, decision)) {
            return DecisionOutcome.NOT_STOPPED;
        }
        listener.on(new RecordDecided(task, record, decision));
        return DecisionOutcome.TAKEN;
    }

    /** Settings of a processor on this instance. */
    public ProcessorSettings processorSettings(String processor) {
        ProcessorSettings own = processorSettings.get(processor);
        if (own == null) {
            throw new IllegalArgumentException("There is no processor " + processor);
        }
        return own;
    }

    /** Where dead letters of an input topic go. */
    public String deadLetterTopic(String processor, String input) {
        return processorSettings(processor).worker().errors().deadLetterTopic(input);
    }

    /** The consumer group of a processor. */
    public String groupId(String processor) {
        return WorkerIdentity.groupId(settings.applicationId(), processor);
    }

    public RuntimeSettings settings() {
        return settings;
    }

    /** All workers share the heap; settings somebody made on purpose stand. */
    private WorkerSettings share(WorkerSettings worker) {
        if (!worker.store().equals(StoreSettings.defaults())) {
            return worker;
        }
        int workers = definitions.values().stream()
                .mapToInt(definition -> setting(processorSettings, definition).concurrency())
                .sum();
        return worker.with(StoreSettings.ofHeap(
                Runtime.getRuntime().maxMemory(), workers, settings.state().catchUp()));
    }

    private ProcessorRunner runner(ProcessorDefinition definition, StateDirectory held, StateStores stores) {
        ProcessorSettings own = setting(processorSettings, definition);
        WorkerSettings worker = share(own.worker());
        KafkaClients kafka = setting(clients, definition);
        AdminConnection admin = new AdminConnection(kafka::admin, System::nanoTime);
        admins.add(admin);
        TopicDirectory topics = new TopicDirectory(admin, System::nanoTime);
        KafkaFencing fencing = new KafkaFencing(admin, System::nanoTime);
        ProcessorTopics checks =
                new ProcessorTopics(admin, definition.id(), kafka.mayCreateTopics(), own.createOutputs());
        int chunk = Math.min(MAX_CHUNK, WorkerClients.maxRequestBytes(kafka) - CHUNK_RESERVE);
        SegmentCodec codec = new SegmentCodec(new Lz4Compression(), chunk, MAX_SEGMENT);
        Rivalry rivalry = new Rivalry(held.path().toString(), held.processId(), held.isOriginal());
        held.watch(rivalry);
        String group = groupId(definition.id());
        Verdicts known = new Verdicts();
        verdicts.put(definition.id(), known);
        KafkaOutputTopics outputs = new KafkaOutputTopics(admin, own.createOutputs(), System::nanoTime);
        outputTopics.put(definition.id(), outputs);
        HandlerTimes times =
                new HandlerTimes(own.membership().transactionTimeout(), WorkerClients.maxPollInterval(kafka));
        LoopFactory loops = (number, counters) -> {
            WorkerIdentity identity =
                    new WorkerIdentity(settings.applicationId(), definition.id(), held.processId(), number);
            checks.checkCluster(kafka.adminOfOutputs());
            int partitions = checks.prepare(
                    definition.topics(),
                    definition.outputs(),
                    deadLetterTopics(definition, worker.errors()),
                    identity.changelogTopic());
            WorkerClients workerClients = new WorkerClients(kafka, identity, own.membership(), definition.topics());
            WorkerPorts ports = new WorkerPorts(
                    new KafkaRecordSource(
                            workerClients,
                            definition.topics(),
                            topics,
                            admin,
                            own.startFrom(),
                            worker.inputs().adopt()),
                    new KafkaTransactionalLog(workerClients, identity),
                    outputs,
                    new KafkaChangelogReader(workerClients, admin, identity.changelogTopic(), codec),
                    new KafkaChangelogTrimmer(admin, identity.changelogTopic()),
                    stores,
                    fencing,
                    PLACEMENTS,
                    codec,
                    UUID::randomUUID);
            WorkerDuty duty = new WorkerDuty(definition, group, partitions, worker, times, known);
            return new PartitionLoop(duty, ports, counters, rivalry, listener, System::nanoTime);
        };
        WorkerPlan plan = new WorkerPlan(
                definition.id(),
                loops,
                own.restart(),
                rivalry,
                settings.stopBudget(),
                own.stuckAfter(),
                times.pollInterval());
        GroupBacklog backlog = new GroupBacklog(
                admin,
                group,
                definition.topics(),
                own.startFrom().equals(StartFrom.EARLIEST),
                GroupBacklog.Pace.slow(),
                System::nanoTime);
        return new ProcessorRunner(
                definition, plan, own.concurrency(), backlog, groupWait(own.membership()), listener, System::nanoTime);
    }

    private static Map<String, KeyPlacement> placements() {
        Map<String, KeyPlacement> known = new LinkedHashMap<>();
        known.put("Kafka's own partitioner", new DefaultPlacement());
        known.put("that of librdkafka", new Crc32Placement());
        return Collections.unmodifiableMap(known);
    }

    private static String groupWait(MembershipSettings membership) {
        return membership.protocol() == GroupProtocol.CLASSIC
                ? membership.sessionTimeout().toMillis() + " ms (tidemark.group.session-timeout)"
                : "the broker's session timeout of consumer groups";
    }

    private static List<String> deadLetterTopics(ProcessorDefinition definition, ErrorSettings errors) {
        return errors.policy() == ErrorPolicy.DEAD_LETTER
                ? definition.topics().stream()
                        .map(errors::deadLetterTopic)
                        .distinct()
                        .toList()
                : List.of();
    }

    private static <T> T setting(Map<String, T> all, ProcessorDefinition definition) {
        T own = all.get(definition.id());
        if (own == null) {
            throw new IllegalArgumentException("Nothing is set for processor " + definition.id());
        }
        return own;
    }
}
