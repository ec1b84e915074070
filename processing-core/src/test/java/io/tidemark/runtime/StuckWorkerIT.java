package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.StoreQuarantined;
import io.tidemark.runtime.RuntimeEvent.WorkerStuck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** B3 and D5: a handler that does not return. */
class StuckWorkerIT extends RuntimeFixture {

    private final CountDownLatch release = new CountDownLatch(1);
    private final Map<String, Thread> threads = new ConcurrentHashMap<>();

    /** Its members are lost after six seconds without a poll, so that a test can wait for it. */
    @Override
    KafkaClients clients() {
        return TestCluster.clients(Map.of("max.poll.interval.ms", 6_000));
    }

    @Test
    void shouldTellWhereAHandlerIsStuckAndLetOthersTakeItsTasks() {
        settings = settings.withStuckAfter(Duration.ofSeconds(2));
        String in = TestCluster.createTopic("in", 4);
        String out = TestCluster.createTopic("out", 4);
        ProcessingRuntime runtime = start(directory, stuckOnce(in, out, false));
        TestCluster.send(in, 100, 20);
        awaitOutputs(out, 100);
        // when
        TestCluster.send(in, "k3", "wait");
        // then it is told, with the place, and health knows
        awaitToldOff();
        assertThat(runtime.status("sticky").orElseThrow().workers())
                .anySatisfy(worker -> assertThat(worker.trouble()).contains("has not returned"));
        // its attempt does not count, everything is processed once
        TestCluster.send(in, 100, 20);
        awaitOutputs(out, 201);
        assertCountedOnce(out);
        // the thread that was stuck is not used again
        Thread stuckThread = threads.get("stuck");
        await().atMost(Duration.ofSeconds(30)).until(() -> !stuckThread.isAlive());
    }

    /** D5: it does not even listen to an interrupt, so its store stays open; the other worker restores elsewhere. */
    @Test
    void shouldRestoreElsewhereWhatAStuckWorkerDoesNotLetGo() throws IOException {
        settings = settings.withStuckAfter(Duration.ofSeconds(2))
                .with(settings.worker().with(settings.worker().errors().withAttempts(3, Duration.ofSeconds(1))));
        String in = TestCluster.createTopic("in", 4);
        String out = TestCluster.createTopic("out", 4);
        start(directory, stuckOnce(in, out, true));
        TestCluster.send(in, 100, 20);
        awaitOutputs(out, 100);
        // when
        TestCluster.send(in, "k3", "wait");
        awaitToldOff();
        TestCluster.send(in, 100, 20);
        // then
        awaitOutputs(out, 201);
        Thread stuckThread = threads.get("stuck");
        assertThat(stuckThread.isAlive()).as("it is stuck still").isTrue();
        assertThat(events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                StoreQuarantined.class,
                                set -> assertThat(set.reason())
                                        .contains("held by another worker that does not let go")));
        assertThat(spares()).isNotEmpty();
        // what it does when it comes back counts for nothing
        for (int i = 0; i < 10; i++) {
            TestCluster.send(in, 10, 10);
            if (i == 3) {
                release.countDown(); // it fails its record, and would pause the task for a second
            }
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> !stuckThread.isAlive());
        awaitOutputs(out, 301);
        assertCountedOnce(out);
        // and the spare directory goes with its store
        stop();
        assertThat(spares()).isEmpty();
    }

    @AfterEach
    void letGo() {
        release.countDown();
    }

    private List<Path> spares() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> path.getFileName().toString().contains(".spare-"))
                    .toList();
        }
    }

    private void awaitToldOff() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> events.stream()
                        .anyMatch(event -> event instanceof WorkerStuck stuck
                                && stuck.stack().toString().contains("waitInAuthorsCode")));
    }

    private ProcessorDefinition stuckOnce(String in, String out, boolean deaf) {
        return new ProcessorDefinition("sticky", List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            return (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                if (new String(record.value(), UTF_8).equals("wait")
                        && threads.putIfAbsent("stuck", Thread.currentThread()) == null) {
                    waitInAuthorsCode(deaf);
                    if (deaf) {
                        // a failure of a record that is somebody else's by now, and done with
                        throw new IllegalStateException("too late");
                    }
                }
                emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
            };
        });
    }

    private void waitInAuthorsCode(boolean deaf) {
        boolean waiting = true;
        while (waiting) {
            try {
                release.await();
                waiting = false;
            } catch (InterruptedException e) {
                // as careless code does
                waiting = deaf;
            }
        }
    }
}
