package io.tidemark.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.RawCodecs;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.ProcessorSettings;
import io.tidemark.runtime.RuntimeSettings;
import io.tidemark.runtime.StateBackend;
import io.tidemark.runtime.StateSettings;
import io.tidemark.runtime.TaskStatus;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One worker that has hundreds of tasks to restore goes on polling meanwhile. Prints how long it took and how long it did not poll. */
@Tag("measure")
class ManyTasksIT {

    private static final int TASKS = Integer.getInteger("many.tasks", 300);
    private static final StateDescriptor<ValueState<Long>> COUNT = StateDescriptor.value("count", RawCodecs.LONG);

    private final BrokerProcess broker = Brokers.shared();
    private final String application = "many-" + System.nanoTime();
    private final String in = application + ".in";
    private final Path disk = Brokers.directory("many");
    private final AtomicLong lastPoll = new AtomicLong(-1);
    private final AtomicLong longest = new AtomicLong();

    @Test
    void shouldPollWhileHundredsOfTasksAreRestored() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.direct()))) {
            admin.createTopics(List.of(new NewTopic(in, TASKS, (short) 1)))
                    .all()
                    .get();
        }
        ProcessingRuntime first = start();
        send();
        awaitCounted(first, 1);
        first.stop();
        Field.delete(disk);
        send();
        longest.set(0);
        lastPoll.set(-1);
        long begun = System.nanoTime();

        ProcessingRuntime second = start();

        awaitCounted(second, 1);
        long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
        second.stop();
        long pause = Duration.ofNanos(longest.get()).toMillis();
        System.out.printf(
                "| %d tasks | restored and caught up after %d ms | longest time without a poll %d ms |%n",
                TASKS, took, pause);
        assertThat(pause).as("longest time without a poll, ms").isLessThan(1_000);
    }

    private void awaitCounted(ProcessingRuntime runtime, long each) {
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    List<TaskStatus> tasks =
                            runtime.status("counts").orElseThrow().tasks();
                    assertThat(tasks).hasSize(TASKS).allMatch(task -> task.phase() == TaskStatus.Phase.RUNNING);
                    assertThat(runtime.status("counts").orElseThrow().records().in())
                            .isEqualTo(TASKS * each);
                });
    }

    private void send() {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.direct()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int partition = 0; partition < TASKS; partition++) {
                producer.send(
                        new ProducerRecord<>(in, partition, ("k" + partition).getBytes(UTF_8), "x".getBytes(UTF_8)));
            }
        }
    }

    private ProcessingRuntime start() {
        ProcessorDefinition counts =
                new ProcessorDefinition("counts", List.of(in), Set.of(), List.of(COUNT), Set.of(), states -> {
                    ValueState<Long> count = states.state(COUNT);
                    return (record, emitter) -> count.update(() -> 0L, n -> n + 1);
                });
        ProcessingRuntime runtime = new ProcessingRuntime(
                new RuntimeSettings(
                        application,
                        "this test",
                        new StateSettings(StateBackend.ROCKSDB, disk, 256 << 20, false),
                        Duration.ofSeconds(20),
                        true),
                List.of(counts),
                Map.of("counts", ProcessorSettings.defaults()),
                Map.of("counts", new Timed()),
                List.of());
        runtime.start();
        return runtime;
    }

    private void polled(boolean before) {
        long now = System.nanoTime();
        long last = lastPoll.getAndSet(before ? -1 : now);
        if (before && last >= 0) {
            longest.accumulateAndGet(now - last, Math::max);
        }
    }

    /** Looks at the clock around each poll of the member of the group. */
    private final class Timed extends SuppliedClients {

        Timed() {
            super(() -> Map.of("bootstrap.servers", broker.direct()));
        }

        @Override
        @SuppressWarnings("unchecked")
        public Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
            Consumer<byte[], byte[]> real = super.consumer(overrides);
            if (!overrides.containsKey("group.id")) {
                return real;
            }
            return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                    Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                        boolean poll = method.getName().equals("poll");
                        try {
                            if (poll) {
                                polled(true);
                            }
                            return method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw Objects.requireNonNull(e.getCause());
                        } finally {
                            if (poll) {
                                polled(false);
                            }
                        }
                    });
        }
    }
}
