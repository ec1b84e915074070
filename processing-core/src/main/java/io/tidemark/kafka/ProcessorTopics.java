package io.tidemark.kafka;

import io.tidemark.error.EnvironmentRefused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the topics of a processor before it starts, and creates its changelog where it may. */
public final class ProcessorTopics {

    private static final Logger log = LoggerFactory.getLogger(ProcessorTopics.class);
    private static final String TRANSACTION_VERSION = "transaction.version";
    private static final int PROVED_VERSION = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /** Their times are the broker's, whatever limits it sets to those of clients. */
    private static final Map<String, String> CHANGELOG_SETTINGS = Map.of(
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            "LogAppendTime",
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            "-1",
            TopicConfig.RETENTION_BYTES_CONFIG,
            "-1",
            TopicConfig.SEGMENT_BYTES_CONFIG,
            Integer.toString(64 << 20),
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            Integer.toString(1 << 20));

    private final AdminConnection admin;
    private final String processor;
    private final boolean mayCreate;
    private final boolean createOutputs;

    /**
     * @param mayCreate whether the changelog is created when it is missing
     * @param createOutputs whether output topics are
     */
    public ProcessorTopics(AdminConnection admin, String processor, boolean mayCreate, boolean createOutputs) {
        this.createOutputs = createOutputs;
        this.admin = admin;
        this.processor = processor;
        this.mayCreate = mayCreate;
    }

    /**
     * Checks inputs, outputs and changelog; what is missing is told at once.
     *
     * @param outputs topics its handlers are declared to send to
     * @param deadLetters topics that take dead letters
     * @return number of partitions, the same for all
     * @throws EnvironmentRefused when a topic is missing or does not fit, with what to do
     */
    public int prepare(
            List<String> inputs, Collection<String> outputs, Collection<String> deadLetters, String changelog) {
        List<String> missing = new ArrayList<>();
        List<String> actions = new ArrayList<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (String input : inputs) {
            Optional<TopicDescription> topic = describe(input);
            if (topic.isPresent()) {
                counts.put(input, topic.get().partitions().size());
            } else {
                missing.add("input topic " + input + " does not exist");
                actions.add("Create topic " + input + ", or correct the processor's topics.");
            }
        }
        for (String output : outputs) {
            if (describe(output, "WRITE").isPresent()) {
                continue;
            }
            if (createOutputs) {
                createOutput(output);
            } else {
                missing.add("output topic " + output + " does not exist");
                actions.add("Create topic " + output + ", correct where the processor sends to, or set"
                        + " tidemark.outputs.auto-create=true.");
            }
        }
        for (String letters : deadLetters) {
            if (describe(letters, "WRITE").isEmpty()) {
                missing.add("dead-letter topic " + letters + " does not exist");
                actions.add("Create topic " + letters + ", or name another with tidemark.dead-letter-topic.");
            }
        }
        if (!missing.isEmpty()) {
            throw new EnvironmentRefused(
                    "Processor " + processor + ": " + String.join("; ", missing) + ".",
                    String.join(" ", actions),
                    null);
        }
        if (counts.values().stream().distinct().count() > 1) {
            throw new EnvironmentRefused(
                    "Processor " + processor + ": its input topics have different partition counts: " + counts + ".",
                    "Inputs joined by key must have the same number of partitions and the same partitioning.",
                    null);
        }
        int partitions = counts.values().iterator().next();
        prepareChangelog(changelog, partitions);
        return partitions;
    }

    /**
     * Checks that what is read, written and committed is one cluster, and that it knows the transaction protocol that was proved.
     *
     * @param outputs admin client of the cluster outputs go to, or {@code null} when nothing says that it is another one; closed here
     * @throws EnvironmentRefused when it is another one
     */
    public void checkCluster(@Nullable Admin outputs) {
        try (Admin other = outputs) {
            String inputs = get(admin.get().describeCluster().clusterId());
            String there = other == null ? inputs : get(other.describeCluster().clusterId());
            if (!inputs.equals(there)) {
                throw new EnvironmentRefused(
                        "Processor " + processor + ": its inputs are in cluster " + inputs + ", its outputs in cluster "
                                + there + ", and one transaction cannot span both.",
                        "Name the producer factory of the inputs' cluster with tidemark.processors." + processor
                                + ".producer-factory.",
                        null);
            }
            FinalizedVersionRange version = get(admin.get().describeFeatures().featureMetadata())
                    .finalizedFeatures()
                    .get(TRANSACTION_VERSION);
            if (version == null || version.maxVersionLevel() < PROVED_VERSION) {
                log.warn(
                        "processor={} The cluster's {} is {}: its transactions do not tell a late request of a former one from the"
                                + " present one's. Upgrade it to {} with kafka-features.sh.",
                        processor,
                        TRANSACTION_VERSION,
                        version == null ? 0 : version.maxVersionLevel(),
                        PROVED_VERSION);
            }
        } catch (ExecutionException e) {
            throw unreachable(e);
        }
    }

    /** A producer would have the broker create it as a side effect, or wait for it, and its whole worker with it. */
    private void createOutput(String output) {
        try {
            get(admin.get()
                    .createTopics(List.of(new NewTopic(output, Optional.empty(), Optional.empty())))
                    .all());
            log.info(
                    "processor={} Output topic {} did not exist and was created, as tidemark.outputs.auto-create says.",
                    processor,
                    output);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new EnvironmentRefused(
                        "Processor " + processor + ": output topic " + output + " could not be created: "
                                + e.getMessage() + MissingRight.in(e, "CREATE", output) + ".",
                        "Create topic " + output + ", or grant the application the right to.",
                        e);
            }
        }
    }

    private void prepareChangelog(String changelog, int partitions) {
        Optional<TopicDescription> existing = describe(changelog);
        if (existing.isEmpty()) {
            create(changelog, partitions);
            return;
        }
        int found = existing.get().partitions().size();
        List<String> problems = new ArrayList<>();
        if (found != partitions) {
            problems.add("it has " + found + " partitions, the inputs have " + partitions);
        }
        Config config = settings(changelog);
        for (String name : List.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.RETENTION_MS_CONFIG,
                TopicConfig.RETENTION_BYTES_CONFIG)) {
            String wanted = CHANGELOG_SETTINGS.get(name);
            String actual = config.get(name) == null ? null : config.get(name).value();
            if (wanted != null && !wanted.equals(actual)) {
                problems.add(name + "=" + actual + " instead of " + wanted);
            }
        }
        String size = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG) == null
                ? "0"
                : config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value();
        if (Integer.parseInt(size) < (1 << 20)) {
            problems.add(TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "=" + size + " instead of at least " + (1 << 20));
        }
        if (!problems.isEmpty()) {
            throw new EnvironmentRefused(
                    "Processor " + processor + ": changelog topic " + changelog + " does not fit: "
                            + String.join("; ", problems) + ".",
                    "Correct the topic's settings: records of a changelog must never expire or be compacted.",
                    null);
        }
    }

    private void create(String changelog, int partitions) {
        String what = "topic " + changelog + " with " + partitions + " partitions and settings "
                + new TreeMap<>(CHANGELOG_SETTINGS);
        if (!mayCreate) {
            throw new EnvironmentRefused(
                    "Processor " + processor + ": changelog topic " + changelog
                            + " does not exist, and this application may not create topics.",
                    "Create " + what + ".",
                    null);
        }
        try {
            get(admin.get()
                    .createTopics(List.of(new NewTopic(changelog, Optional.of(partitions), Optional.empty())
                            .configs(CHANGELOG_SETTINGS)))
                    .all());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new EnvironmentRefused(
                        "Processor " + processor + ": changelog topic " + changelog + " could not be created: "
                                + e.getMessage() + MissingRight.in(e, "CREATE", changelog) + ".",
                        "Create " + what + ", or grant the application the right to.",
                        e);
            }
        }
    }

    private Optional<TopicDescription> describe(String topic) {
        return describe(topic, "DESCRIBE");
    }

    /**
     * @param right what the application needs of the topic, which includes the right to ask
     */
    private Optional<TopicDescription> describe(String topic, String right) {
        try {
            return Optional.ofNullable(
                    get(admin.get().describeTopics(List.of(topic)).allTopicNames())
                            .get(topic));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw unreachable(e, right, topic);
        }
    }

    private Config settings(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            Config config =
                    get(admin.get().describeConfigs(List.of(resource)).all()).get(resource);
            return config == null ? new Config(List.of()) : config;
        } catch (ExecutionException e) {
            throw unreachable(e, "DESCRIBE_CONFIGS", topic);
        }
    }

    private EnvironmentRefused unreachable(Exception e) {
        return unreachable(e, "DESCRIBE", "");
    }

    private EnvironmentRefused unreachable(Exception e, String right, String topic) {
        admin.failed(e);
        return new EnvironmentRefused(
                "Processor " + processor + ": the cluster does not answer questions about topics: " + e.getMessage()
                        + MissingRight.in(e, right, topic) + ".",
                "Check spring.kafka.bootstrap-servers, the network, and the application's rights to describe topics.",
                e);
    }

    private <T> T get(KafkaFuture<T> answer) throws ExecutionException {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        } catch (TimeoutException e) {
            throw unreachable(e);
        }
    }
}
