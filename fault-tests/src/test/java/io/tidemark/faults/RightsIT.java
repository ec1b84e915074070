package io.tidemark.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.changelog.BaseSettings;
import io.tidemark.codec.RawCodecs;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.kafka.GroupProtocol;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.MembershipSettings;
import io.tidemark.runtime.ErrorPolicy;
import io.tidemark.runtime.ErrorSettings;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.ProcessorSettings;
import io.tidemark.runtime.ProcessorStatus;
import io.tidemark.runtime.RestartStrategy;
import io.tidemark.runtime.RuntimeEvent;
import io.tidemark.runtime.RuntimeSettings;
import io.tidemark.runtime.StateBackend;
import io.tidemark.runtime.StateSettings;
import io.tidemark.runtime.StoreSettings;
import io.tidemark.runtime.TaskStatus;
import io.tidemark.runtime.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** C19: a broker that lets nobody do anything but what was granted, and credentials that change. */
class RightsIT {

    private static final boolean FULL =
            System.getProperty("chaos.matrix", "half").equals("full");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int REAUTHENTICATION_SECONDS = 3;
    private static final String USER = "flights";
    private static final StateDescriptor<ValueState<Long>> COUNT = StateDescriptor.value("count", RawCodecs.LONG);

    private static BrokerProcess broker;
    private static Admin root;

    private final String application = "guarded-" + System.nanoTime();
    private final String in = application + ".in";
    private final String out = application + ".out";
    private final String letters = application + ".letters";
    private final String group = application + ".counts";
    private final String changelog = group + ".changelog";
    private final Path disk = Brokers.directory("rights");
    private final List<RuntimeEvent> events = new CopyOnWriteArrayList<>();
    private volatile String password = "first";
    private ProcessingRuntime runtime;
    private int sent;

    @BeforeAll
    static void startBroker() {
        broker = new BrokerProcess(
                Brokers.directory("guarded"),
                Map.of(
                        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "super.users", "User:ANONYMOUS",
                        "allow.everyone.if.no.acl.found", "false",
                        "connections.max.reauth.ms", REAUTHENTICATION_SECONDS + "000"));
        root = Admin.create(Map.of("bootstrap.servers", broker.direct()));
    }

    @AfterAll
    static void stopBroker() {
        root.close();
        broker.close();
    }

    @AfterEach
    void stop() {
        if (runtime != null) {
            runtime.stop();
        }
    }

    /** Exactly what docs/operations.md says an application needs, and nothing else. */
    private List<AclBinding> rights() {
        List<AclBinding> rights = new ArrayList<>();
        rights.add(right(ResourceType.TOPIC, in, READ));
        rights.add(right(ResourceType.GROUP, group, READ));
        for (AclOperation operation : List.of(READ, WRITE, CREATE, DELETE, DESCRIBE_CONFIGS)) {
            rights.add(right(ResourceType.TOPIC, changelog, operation));
        }
        rights.add(right(ResourceType.TOPIC, out, WRITE));
        rights.add(right(ResourceType.TOPIC, letters, WRITE));
        rights.add(right(ResourceType.TRANSACTIONAL_ID, application + ".", WRITE));
        rights.add(right(ResourceType.TRANSACTIONAL_ID, application + ".", DESCRIBE));
        return rights;
    }

    @Test
    void shouldNeedTheRightsOfTheDocsAndNoOthers() throws Exception {
        prepare();
        start();
        send("good");
        send("poison");
        awaitCount(letters, 1);
        TopicPartition cut = new TopicPartition(changelog, 0);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            send("good"); // until the changelog is cut
            return root.listOffsets(Map.of(cut, OffsetSpec.earliest()))
                            .partitionResult(cut)
                            .get()
                            .offset()
                    > 0;
        });
        awaitCount(out, sent - 1);
        runtime.stop();
        Field.delete(disk);
        start();
        send("good");
        awaitCount(out, sent - 1);
        assertThat(events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                RuntimeEvent.TaskRestored.class,
                                restored ->
                                        assertThat(restored.source()).isEqualTo(RuntimeEvent.RestoreSource.CHANGELOG)));
        assertThat(lastCount()).isEqualTo(sent - 1);
    }

    @Test
    void shouldNameTheRightThatIsTakenAwayAndGoOnOnceItIsBack() throws Exception {
        prepare();
        start();
        send("good");
        awaitCount(out, 1);
        Map<AclBinding, String> taken = new HashMap<>();
        taken.put(
                right(ResourceType.TRANSACTIONAL_ID, application + ".", WRITE),
                "WRITE on transactional id " + group + ":");
        taken.put(right(ResourceType.TOPIC, out, WRITE), "WRITE on topic " + out);
        if (FULL) {
            taken.put(right(ResourceType.TOPIC, in, READ), "READ on topic " + in);
            taken.put(right(ResourceType.GROUP, group, READ), "READ on group " + group);
            taken.put(right(ResourceType.TOPIC, changelog, WRITE), "WRITE on topic " + changelog);
        }
        for (Map.Entry<AclBinding, String> each : taken.entrySet()) {
            root.deleteAcls(List.of(each.getKey().toFilter())).all().get();
            send("good");

            awaitTold(each.getValue());

            grant(List.of(each.getKey()));
            awaitCount(out, sent);
            await().atMost(PATIENCE).until(() -> !isDown());
        }
        assertThat(lastCount()).as("nothing lost, nothing twice").isEqualTo(sent);
    }

    /** The same for rights only a start or a restore needs. */
    @Test
    void shouldNameTheRightThatIsMissingBeforeTheStart() throws Exception {
        prepare();
        start();
        send("good");
        awaitCount(out, 1);
        runtime.stop();
        Map<AclBinding, String> taken = new HashMap<>();
        taken.put(right(ResourceType.TOPIC, changelog, READ), "READ on topic " + changelog);
        if (FULL) {
            taken.put(right(ResourceType.TOPIC, changelog, DESCRIBE_CONFIGS), "DESCRIBE_CONFIGS on topic");
            taken.put(right(ResourceType.TOPIC, in, READ), "on topic " + in);
            taken.put(right(ResourceType.GROUP, group, READ), "READ on group " + group);
            taken.put(
                    right(ResourceType.TRANSACTIONAL_ID, application + ".", WRITE),
                    "WRITE on transactional id " + group + ":");
        }
        for (Map.Entry<AclBinding, String> each : taken.entrySet()) {
            root.deleteAcls(List.of(each.getKey().toFilter())).all().get();
            Field.delete(disk);
            start();
            send("good");

            awaitTold(each.getValue());

            grant(List.of(each.getKey()));
            awaitCount(out, sent);
            runtime.stop();
        }
        assertThat(lastCount()).isEqualTo(sent);
    }

    /** Every client is asked for its credentials again every three seconds, the admin client as well. */
    @Test
    void shouldTakeRotatedCredentials() throws Exception {
        prepare();
        start();
        send("good");
        awaitCount(out, 1);

        password = "second";
        secret();
        TimeUnit.SECONDS.sleep(2 * REAUTHENTICATION_SECONDS + 1); // every connection has been asked again by now

        send("good");
        awaitCount(out, sent);
        await().atMost(PATIENCE).until(() -> !isDown());
        // and whatever only the admin client knows goes on being known
        runtime.stop();
        Field.delete(disk);
        start();
        send("good");
        awaitCount(out, sent);
        assertThat(lastCount()).isEqualTo(sent);
    }

    private void prepare() throws Exception {
        secret();
        root.createTopics(Stream.of(in, out, letters)
                        .map(topic -> new NewTopic(topic, 1, (short) 1))
                        .toList())
                .all()
                .get();
        grant(rights());
    }

    private void secret() throws Exception {
        root.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                        USER, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), password)))
                .all()
                .get();
    }

    private static void grant(List<AclBinding> rights) throws Exception {
        root.createAcls(rights).all().get();
    }

    private static AclBinding right(ResourceType type, String name, AclOperation operation) {
        PatternType pattern = name.endsWith(".") ? PatternType.PREFIXED : PatternType.LITERAL;
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + USER, "*", operation, AclPermissionType.ALLOW));
    }

    private void awaitTold(String what) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(told()).contains(what));
        assertThat(isDown()).as(told()).isTrue();
    }

    /** Everything health would say. */
    private String told() {
        ProcessorStatus status = runtime.status("counts").orElseThrow();
        return Stream.of(
                        Stream.of(String.valueOf(status.message())),
                        status.workers().stream().map(worker -> worker.trouble()),
                        status.tasks().stream().map(TaskStatus::message))
                .flatMap(all -> all)
                .filter(Objects::nonNull)
                .toList()
                .toString();
    }

    private boolean isDown() {
        ProcessorStatus status = runtime.status("counts").orElseThrow();
        return status.state() != ProcessorStatus.State.RUNNING
                || status.workers().stream().anyMatch(worker -> worker.trouble() != null)
                || status.tasks().isEmpty()
                || status.tasks().stream().anyMatch(task -> task.phase() != TaskStatus.Phase.RUNNING);
    }

    private void send(String value) {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.direct()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(in, "k".getBytes(UTF_8), value.getBytes(UTF_8)));
        }
        sent++;
    }

    private void awaitCount(String topic, int count) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(read(topic)).hasSize(count));
    }

    private long lastCount() {
        List<String> all = read(out);
        return Long.parseLong(all.get(all.size() - 1));
    }

    private static List<String> read(String topic) {
        List<String> all = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.direct(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> all.add(new String(record.value(), UTF_8)));
            }
        }
        return all;
    }

    private void start() {
        ProcessorDefinition counts =
                new ProcessorDefinition("counts", List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
                    ValueState<Long> count = states.state(COUNT);
                    return (record, emitter) -> {
                        if (new String(Objects.requireNonNull(record.value()), UTF_8).equals("poison")) {
                            throw ProcessorFailed.unfit("as the test wants it", null);
                        }
                        long next = count.update(() -> 0L, n -> n + 1);
                        emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
                    };
                });
        StoreSettings store = StoreSettings.defaults();
        ProcessorSettings settings = ProcessorSettings.defaults()
                .with(new MembershipSettings(
                        GroupProtocol.CLASSIC,
                        true,
                        Duration.ofSeconds(4),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(6)))
                .with(new RestartStrategy.FixedDelay(Integer.MAX_VALUE, Duration.ofSeconds(1)))
                .with(WorkerSettings.defaults()
                        .with(new BaseSettings(200, 64, 4096))
                        .with(new StoreSettings(
                                Duration.ofMillis(200), store.foldBytes(), store.lagBytes(), store.cacheBytes()))
                        .with(ErrorSettings.defaults().with(ErrorPolicy.DEAD_LETTER, letters)));
        runtime = new ProcessingRuntime(
                new RuntimeSettings(
                        application,
                        "this test",
                        new StateSettings(StateBackend.ROCKSDB, disk, 32 << 20, false),
                        Duration.ofSeconds(10),
                        true),
                List.of(counts),
                Map.of("counts", settings),
                Map.of("counts", new Guarded()),
                List.of(events::add));
        runtime.start();
    }

    /** Clients that say who they are, with the password of the moment. */
    private final class Guarded implements KafkaClients {

        private Map<String, Object> with(Map<String, Object> overrides) {
            Map<String, Object> all = new HashMap<>(overrides);
            all.put("bootstrap.servers", broker.guarded());
            all.put("security.protocol", "SASL_PLAINTEXT");
            all.put("sasl.mechanism", "SCRAM-SHA-256");
            all.put(
                    "sasl.jaas.config",
                    "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + USER
                            + "\" password=\"" + password + "\";");
            return all;
        }

        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
            return new KafkaConsumer<>(with(overrides), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public Producer<byte[], byte[]> producer(Map<String, Object> overrides) {
            return new KafkaProducer<>(with(overrides), new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public Admin admin() {
            return Admin.create(with(Map.of()));
        }

        @Override
        public Map<String, Object> consumerConfiguration() {
            return Map.of();
        }

        @Override
        public Map<String, Object> producerConfiguration() {
            return Map.of();
        }

        @Override
        public boolean mayCreateTopics() {
            return true;
        }
    }
}
