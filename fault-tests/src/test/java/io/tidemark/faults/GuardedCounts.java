package io.tidemark.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.changelog.BaseSettings;
import io.tidemark.codec.RawCodecs;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.kafka.GroupProtocol;
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
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A processor of one task in this JVM that counts records, over clients whose security the test decides. A record "poison" goes to the dead
 * letters. The test itself comes to the broker directly.
 */
final class GuardedCounts implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final StateDescriptor<ValueState<Long>> COUNT = StateDescriptor.value("count", RawCodecs.LONG);

    final String application = "guarded-" + System.nanoTime();
    final String in = application + ".in";
    final String out = application + ".out";
    final String letters = application + ".letters";
    final String group = application + ".counts";
    final String changelog = group + ".changelog";
    final List<RuntimeEvent> events = new CopyOnWriteArrayList<>();

    private final BrokerProcess broker;
    private final Supplier<Map<String, Object>> security;
    private final Path disk = Brokers.directory("guarded-disk");
    private ProcessingRuntime runtime;
    private int sent;

    /**
     * @param security what every client is made with, asked for each time
     */
    GuardedCounts(BrokerProcess broker, Supplier<Map<String, Object>> security) {
        this.broker = broker;
        this.security = security;
    }

    void createTopics(Admin admin) throws Exception {
        admin.createTopics(Stream.of(in, out, letters)
                        .map(topic -> new NewTopic(topic, 1, (short) 1))
                        .toList())
                .all()
                .get();
    }

    private Map<String, Object> configuration() {
        Map<String, Object> all = new HashMap<>(security.get());
        all.put("bootstrap.servers", broker.guarded());
        return all;
    }

    /** Starts it, or starts it again over the disk it had. */
    void start() {
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
                Map.of("counts", new SuppliedClients(this::configuration)),
                List.of(events::add));
        runtime.start();
    }

    void stop() {
        if (runtime != null) {
            runtime.stop();
        }
    }

    void stopAndLoseTheDisk() {
        stop();
        Field.delete(disk);
    }

    @Override
    public void close() {
        stop();
    }

    void send(String value) {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.direct()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(in, "k".getBytes(UTF_8), value.getBytes(UTF_8)));
        }
        sent++;
    }

    int sent() {
        return sent;
    }

    void awaitCount(String topic, int count) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(read(topic)).hasSize(count));
    }

    /** The newest number it sent. */
    long lastCount() {
        List<String> all = read(out);
        return Long.parseLong(all.get(all.size() - 1));
    }

    private List<String> read(String topic) {
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

    /** Waits until health would say that, and that something is wrong. */
    void awaitTold(String what) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(told()).contains(what));
        assertThat(isDown()).as(told()).isTrue();
    }

    void awaitUp() {
        await().atMost(PATIENCE).until(() -> !isDown());
    }

    /** Everything health would say. */
    private String told() {
        ProcessorStatus status = status();
        return Stream.of(
                        Stream.of(String.valueOf(status.message())),
                        status.workers().stream().map(worker -> worker.trouble()),
                        status.tasks().stream().map(TaskStatus::message))
                .flatMap(all -> all)
                .filter(Objects::nonNull)
                .toList()
                .toString();
    }

    boolean isDown() {
        ProcessorStatus status = status();
        return status.state() != ProcessorStatus.State.RUNNING
                || status.workers().stream().anyMatch(worker -> worker.trouble() != null)
                || status.tasks().isEmpty()
                || status.tasks().stream().anyMatch(task -> task.phase() != TaskStatus.Phase.RUNNING);
    }

    private ProcessorStatus status() {
        return runtime.status("counts").orElseThrow();
    }
}
