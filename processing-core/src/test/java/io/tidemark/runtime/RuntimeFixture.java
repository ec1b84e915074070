package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.RecordHandler;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.RawCodecs;
import io.tidemark.kafka.DefaultPlacement;
import io.tidemark.kafka.GroupProtocol;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.MembershipSettings;
import io.tidemark.kafka.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Starts runtimes against the suite's broker, and stops them with the test. */
abstract class RuntimeFixture {

    static final StateDescriptor<ValueState<Long>> COUNT = StateDescriptor.value("count", RawCodecs.LONG);

    @TempDir
    Path directory;

    final String application = TestCluster.unique("app");
    final List<ProcessingRuntime> started = new ArrayList<>();
    final List<RuntimeEvent> events = new CopyOnWriteArrayList<>();

    /** Whether a stopped runtime leaves its groups at once, so that a test can change their offsets. */
    boolean leaveOnStop;

    ProcessorSettings settings = ProcessorSettings.defaults()
            .withConcurrency(2)
            .with(new MembershipSettings(
                    GroupProtocol.CLASSIC, true, Duration.ofSeconds(3), Duration.ofMillis(300), Duration.ofSeconds(10)))
            .with(WorkerSettings.defaults()
                    .with(new CheckpointSettings(
                            Duration.ofMillis(50),
                            100_000,
                            16 << 20,
                            Duration.ofMillis(10),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(5)))
                    .with(ErrorSettings.defaults().withAttempts(3, Duration.ofMillis(50)))
                    .withWaits(Duration.ofSeconds(1), Duration.ofMillis(500)));

    @AfterEach
    void stop() {
        started.forEach(ProcessingRuntime::stop);
    }

    /** How processors reach the cluster; a test may change something on the way. */
    KafkaClients clients() {
        return TestCluster.clients();
    }

    final ProcessorSettings with(ErrorPolicy policy, String deadLetterTopic) {
        return settings.with(settings.worker()
                .with(ErrorSettings.defaults()
                        .withAttempts(3, Duration.ofMillis(20))
                        .with(policy, deadLetterTopic)));
    }

    ProcessingRuntime start(Path at, ProcessorDefinition... definitions) {
        Map<String, ProcessorSettings> settings = new HashMap<>();
        Map<String, KafkaClients> clients = new HashMap<>();
        for (ProcessorDefinition definition : definitions) {
            settings.put(definition.id(), this.settings);
            clients.put(definition.id(), clients());
        }
        ProcessingRuntime runtime = new ProcessingRuntime(
                new RuntimeSettings(
                        application,
                        "this test",
                        new StateSettings(StateBackend.ROCKSDB, at, 32 << 20, false),
                        Duration.ofSeconds(15),
                        leaveOnStop),
                List.of(definitions),
                settings,
                clients,
                List.of(events::add));
        runtime.start();
        started.add(runtime);
        return runtime;
    }

    static ProcessorDefinition counting(String id, String in, String out, Predicate<IncomingRecord> fails) {
        return new ProcessorDefinition(id, List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            RecordHandler handler = (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                if (fails.test(record)) {
                    throw new IllegalStateException("as the test wants it");
                }
                emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
            };
            return handler;
        });
    }

    /** A key that lies in that partition of two. */
    static String keyOf(int partition) {
        for (int i = 0; ; i++) {
            if (new DefaultPlacement().partitionOf(("k" + i).getBytes(UTF_8), 2) == partition) {
                return "k" + i;
            }
        }
    }

    /** Waits until so many results are committed. */
    static void awaitOutputs(String out, int count) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(TestCluster.committed(out)).hasSize(count));
    }

    /** Every key was counted once per record, in order. */
    static void assertCountedOnce(String out) {
        Map<String, Long> last = new HashMap<>();
        TestCluster.committed(out)
                .forEach(record -> assertThat(Long.parseLong(record.value()))
                        .as("count of %s", record.key())
                        .isEqualTo(last.merge(record.key(), 1L, Long::sum)));
    }

    static TaskStatus awaitPhase(ProcessingRuntime runtime, String processor, int partition, TaskStatus.Phase phase) {
        return await().atMost(Duration.ofSeconds(40))
                .until(
                        () -> tasks(runtime, processor).stream()
                                .filter(task -> task.partition() == partition)
                                .findFirst()
                                .orElse(new TaskStatus(partition, TaskStatus.Phase.INCOMPLETE, -1, -1, null)),
                        task -> task.phase() == phase);
    }

    static List<TaskStatus> tasks(ProcessingRuntime runtime, String processor) {
        return runtime.status(processor).orElseThrow().tasks();
    }

    static void awaitEmpty(Admin admin, String group) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> admin.describeConsumerGroups(List.of(group))
                        .all()
                        .get()
                        .get(group)
                        .members()
                        .isEmpty());
    }

    static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }
}
