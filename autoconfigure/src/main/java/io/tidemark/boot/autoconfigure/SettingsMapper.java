package io.tidemark.boot.autoconfigure;

import io.tidemark.api.FailureClassifier;
import io.tidemark.api.FailureKind;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.MembershipSettings;
import io.tidemark.kafka.StartFrom;
import io.tidemark.runtime.CheckpointSettings;
import io.tidemark.runtime.ErrorSettings;
import io.tidemark.runtime.FailureKinds;
import io.tidemark.runtime.InputChanges;
import io.tidemark.runtime.ProcessorSettings;
import io.tidemark.runtime.RestartStrategy;
import io.tidemark.runtime.RuntimeSettings;
import io.tidemark.runtime.StateSettings;
import io.tidemark.runtime.WorkerSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/** Properties to engine settings, checked where they must fit each other; refusals name the properties. */
final class SettingsMapper {

    /** What Boot sets by itself, and what says nothing about the keys. */
    private static final Set<String> SILENT_KEYS = Set.of(
            "org.apache.kafka.common.serialization.StringDeserializer",
            "org.apache.kafka.common.serialization.StringSerializer",
            "org.apache.kafka.common.serialization.ByteArrayDeserializer",
            "org.apache.kafka.common.serialization.ByteArraySerializer");

    private static final Logger log = LoggerFactory.getLogger(SettingsMapper.class);
    private static final Pattern APPLICATION_ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}");
    private static final Pattern INSTANCE_ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}");
    private static final long SMALLEST_MEMORY = 64L << 20;
    private static final long LARGEST_MEMORY = 1L << 30;
    private static final Duration RESERVE = Duration.ofSeconds(2);

    private final TidemarkProperties properties;
    private final ProcessorOverrides overrides;
    private final Environment environment;
    private final Supplier<List<FailureClassifier>> classifiers;

    private final String owner;

    /**
     * @param owner name of the application context
     * @param classifiers beans that judge failures, in their order
     */
    SettingsMapper(
            TidemarkProperties properties,
            ProcessorOverrides overrides,
            Environment environment,
            String owner,
            Supplier<List<FailureClassifier>> classifiers) {
        this.classifiers = classifiers;
        this.properties = properties;
        this.overrides = overrides;
        this.environment = environment;
        this.owner = owner;
    }

    RuntimeSettings runtime() {
        TidemarkProperties.State state = properties.state();
        return new RuntimeSettings(
                applicationId(),
                owner,
                new StateSettings(
                        state.backend(),
                        stateDirectory(),
                        stateMemory(),
                        state.scrub(),
                        state.keepUnused(),
                        state.catchUp(),
                        instanceId()),
                stopBudget(),
                properties.shutdown().leaveGroup());
    }

    private @Nullable String instanceId() {
        String id = properties.instanceId();
        if (id != null && !INSTANCE_ID.matcher(id).matches()) {
            throw new EnvironmentRefused(
                    "tidemark.instance-id is not a valid name: letters, digits, '.', '_' and '-', at most 63, the first a letter or a digit.",
                    "Set it to the name of the pod or host, or leave it out: then the state directory keeps one.",
                    null);
        }
        return id;
    }

    private String applicationId() {
        String id = properties.applicationId() != null
                ? properties.applicationId()
                : environment.getProperty("spring.application.name");
        if (id == null || id.isBlank()) {
            throw new EnvironmentRefused(
                    "The application has no id: neither tidemark.application-id nor spring.application.name is set.",
                    "Set spring.application.name. It names consumer groups and changelog topics, so choose it once.",
                    null);
        }
        if (!APPLICATION_ID.matcher(id).matches()) {
            throw new EnvironmentRefused(
                    "The application id '" + id + "' cannot be part of a topic name.",
                    "Set tidemark.application-id to letters, digits, '.', '_' and '-', at most 63.",
                    null);
        }
        return id;
    }

    private Path stateDirectory() {
        Path directory = properties.state().dir().toAbsolutePath().normalize();
        Path temporary =
                Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().normalize();
        boolean development = environment.getProperty("tidemark.dev.embedded-kafka", Boolean.class, false);
        if (directory.startsWith(temporary) && !properties.state().allowTempDir() && !development) {
            throw new EnvironmentRefused(
                    "tidemark.state.dir " + directory
                            + " lies in the operating system's temporary directory, which may be wiped at any time.",
                    "Choose a directory that stays. For tests and development set tidemark.state.allow-temp-dir=true.",
                    null);
        }
        return directory;
    }

    /** A quarter of what the heap leaves, inside sensible bounds. */
    private long stateMemory() {
        DataSize given = properties.state().memory();
        if (given != null) {
            return given.toBytes();
        }
        long total = Runtime.getRuntime().maxMemory() * 2;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean machine) {
            total = machine.getTotalMemorySize();
        }
        long left = total - Runtime.getRuntime().maxMemory();
        return Math.max(SMALLEST_MEMORY, Math.min(LARGEST_MEMORY, left / 4));
    }

    private Duration stopBudget() {
        Duration phase = environment.getProperty(
                "spring.lifecycle.timeout-per-shutdown-phase", Duration.class, Duration.ofSeconds(30));
        Duration wanted = properties.shutdown().timeout();
        Duration most = phase.minus(RESERVE);
        if (wanted.compareTo(most) > 0 && most.compareTo(Duration.ofSeconds(1)) > 0) {
            log.warn(
                    "tidemark.shutdown.timeout={} does not fit into spring.lifecycle.timeout-per-shutdown-phase={}; {} is used",
                    wanted,
                    phase,
                    most);
            return most;
        }
        return wanted;
    }

    ProcessorSettings processor(ProcessorDefinition definition, KafkaClients clients) {
        String id = definition.id();
        TidemarkProperties.Processor own = overrides.of(id);
        TidemarkProperties.Checkpoint checkpoint = properties.checkpoint();
        Duration interval = or(own.checkpointInterval(), checkpoint.interval());
        List<String> problems = new ArrayList<>();
        new SettingsCheck(properties, id, own, problems).check(clients);
        FailureKinds kinds = kinds(problems);
        StartFrom start = startFrom(id, own, clients, problems);
        InputChanges inputs = inputChanges(definition, own, start, problems);
        if (!problems.isEmpty()) {
            throw new EnvironmentRefused(
                    "Settings of processor " + id + " do not fit: " + String.join("; ", problems) + ".",
                    "Change the settings named above.",
                    null);
        }
        WorkerSettings worker = WorkerSettings.defaults()
                .with(new CheckpointSettings(
                        interval,
                        checkpoint.maxRecords(),
                        checkpoint.maxBytes().toBytes(),
                        checkpoint.minSpacing(),
                        CheckpointSettings.SETTLE_INTERVAL,
                        checkpoint.revocationTimeout()))
                .with(new ErrorSettings(
                        or(own.maxAttempts(), properties.retry().maxAttempts()),
                        properties.retry().backoff(),
                        properties.retry().maxBackoff(),
                        or(own.onError(), properties.onError()),
                        own.deadLetterTopic() == null ? properties.deadLetterTopic() : own.deadLetterTopic(),
                        new FailureClassifiers(classifiers.get(), kinds)))
                .with(inputs)
                .with(or(own.onNewerState(), properties.onNewerState()))
                .withVerifyValues(properties.debug().verifyValues())
                .withCheckPlacement(properties.debug().checkPlacement());
        MembershipSettings membership = new MembershipSettings(
                or(own.groupProtocol(), properties.group().protocol()),
                properties.group().staticMembership(),
                properties.group().sessionTimeout(),
                properties.group().heartbeatInterval(),
                checkpoint.transactionTimeout());
        return new ProcessorSettings(
                own.concurrency(),
                start,
                membership,
                worker,
                restart(),
                properties.watchdog().stuckAfter(),
                properties.outputs().autoCreate());
    }

    /** What the properties say about kinds of failures. */
    private FailureKinds kinds(List<String> problems) {
        Map<String, FailureKind> kinds = new LinkedHashMap<>();
        addKinds(kinds, FailureKind.NEVER, "never", properties.retry().never(), problems);
        addKinds(kinds, FailureKind.LATER, "later", properties.retry().later(), problems);
        addKinds(kinds, FailureKind.AGAIN, "again", properties.retry().again(), problems);
        return new FailureKinds(kinds);
    }

    private static void addKinds(
            Map<String, FailureKind> kinds, FailureKind kind, String name, List<String> types, List<String> problems) {
        for (String type : types) {
            String named = throwable(type);
            if (named == null) {
                problems.add("tidemark.retry." + name + " names " + type + ", which is no exception on the class path");
                continue;
            }
            FailureKind other = kinds.put(named, kind);
            if (other != null && other != kind) {
                problems.add(
                        "tidemark.retry." + name + " names " + type + ", and so does another list of tidemark.retry");
            }
        }
    }

    /** The name the class has itself: a nested one may be written with a dot. */
    private static @Nullable String throwable(String type) {
        try {
            Class<?> found = ClassUtils.forName(type, SettingsMapper.class.getClassLoader());
            return Throwable.class.isAssignableFrom(found) ? found.getName() : null;
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }

    private RestartStrategy restart() {
        TidemarkProperties.Restart restart = properties.restart();
        int attempts = restart.attempts() == null ? Integer.MAX_VALUE : restart.attempts();
        return switch (restart.strategy()) {
            case NONE -> new RestartStrategy.None();
            case FIXED_DELAY -> new RestartStrategy.FixedDelay(attempts, restart.delay());
            case EXPONENTIAL ->
                new RestartStrategy.Exponential(attempts, restart.delay(), restart.maxDelay(), restart.multiplier());
            case FAILURE_RATE -> new RestartStrategy.FailureRate(restart.failures(), restart.window(), restart.delay());
        };
    }

    private static StartFrom startFrom(
            String id, TidemarkProperties.Processor own, KafkaClients clients, List<String> problems) {
        if (own.startFrom() != null) {
            return StartPoints.read("tidemark.processors." + id + ".start-from", own.startFrom(), problems);
        }
        Object reset = clients.consumerConfiguration().get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
        return reset == null
                ? StartFrom.EARLIEST
                : StartPoints.read("auto-offset-reset of the consumer", reset.toString(), problems);
    }

    private static InputChanges inputChanges(
            ProcessorDefinition definition, TidemarkProperties.Processor own, StartFrom start, List<String> problems) {
        String id = definition.id();
        Map<String, StartFrom> adopt = StartPoints.readTopics(
                "tidemark.processors." + id + ".adopt-inputs", own.adoptInputs(), start, problems);
        for (String topic : adopt.keySet()) {
            if (!definition.topics().contains(topic)) {
                problems.add("tidemark.processors." + id + ".adopt-inputs names " + topic
                        + ", which no handler of the processor reads");
            }
        }
        if (definition.topics().size() > 1 && adopt.keySet().containsAll(definition.topics())) {
            problems.add("tidemark.processors." + id
                    + ".adopt-inputs names every input; one has to be left that says where the processor is");
        }
        for (String topic : own.retireInputs()) {
            if (definition.topics().contains(topic)) {
                problems.add("tidemark.processors." + id + ".retire-inputs names " + topic
                        + ", which a handler of the processor reads");
            }
        }
        return new InputChanges(adopt, own.retireInputs());
    }

    /** Tells once what of the application's Kafka settings has no effect on processors. */
    void warnAboutForced(KafkaClients clients) {
        List<String> ignored = new ArrayList<>();
        Map<String, Object> consumer = clients.consumerConfiguration();
        if (consumer.get(ConsumerConfig.GROUP_ID_CONFIG) != null) {
            ignored.add("group.id (a processor's group is <application>.<processor>)");
        }
        if (Boolean.parseBoolean(String.valueOf(consumer.get(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG)))) {
            ignored.add("enable.auto.commit=true (offsets are committed with the state)");
        }
        for (String name : List.of(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG)) {
            if (consumer.get(name) != null) {
                ignored.add(name);
            }
        }
        tellKeys("consumer.key-deserializer", "reads", ignored);
        tellKeys("producer.key-serializer", "writes", ignored);
        String isolation = environment.getProperty("spring.kafka.consumer.isolation-level");
        if (isolation != null && !isolation.replace('-', '_').equalsIgnoreCase("read_committed")) {
            ignored.add("isolation.level=" + isolation + " (processors read committed records only)");
        }
        if (environment.getProperty("spring.kafka.producer.transaction-id-prefix") != null) {
            ignored.add("spring.kafka.producer.transaction-id-prefix");
        }
        if (!ignored.isEmpty()) {
            log.warn("These Kafka settings have no effect on processors: {}", String.join(", ", ignored));
        }
    }

    private void tellKeys(String name, String does, List<String> ignored) {
        String type = environment.getProperty("spring.kafka." + name);
        if (type != null && !SILENT_KEYS.contains(type)) {
            ignored.add("spring.kafka." + name + "=" + type + " (a processor " + does
                    + " keys by the type of @Key, in Kafka's own formats; what a key is, its bytes say)");
        }
    }

    private static <T> T or(@Nullable T own, T shared) {
        return own == null ? shared : own;
    }
}
