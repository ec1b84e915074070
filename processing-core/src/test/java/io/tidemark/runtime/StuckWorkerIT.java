package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.OwnerFenced;
import io.tidemark.runtime.RuntimeEvent.TaskRestored;
import io.tidemark.runtime.RuntimeEvent.WorkerStuck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
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
        ProcessingRuntime runtime = start(directory, stuckOnce(in, out));
        TestCluster.send(in, 100, 20);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(out).size() == 100);
        // when
        TestCluster.send(in, "k3", "wait");
        // then it is told, with the place, and health knows
        await().atMost(Duration.ofSeconds(20))
                .until(() -> events.stream()
                        .anyMatch(event -> event instanceof WorkerStuck stuck
                                && stuck.stack().toString().contains("waitInAuthorsCode")));
        assertThat(runtime.status("sticky").orElseThrow().workers())
                .anySatisfy(worker -> assertThat(worker.trouble()).contains("has not returned"));
        // the other worker takes the tasks, next to the stuck one, whose store is still open
        TestCluster.send(in, 100, 20);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(TestCluster.committed(out)).hasSize(201));
        Map<String, Long> last = new java.util.HashMap<>();
        TestCluster.committed(out)
                .forEach(record -> assertThat(Long.parseLong(record.value()))
                        .as("one count per record of %s", record.key())
                        .isEqualTo(last.merge(record.key(), 1L, Long::sum)));
        // the thread that was stuck is not used again
        Thread stuckThread = threads.get("stuck");
        await().atMost(Duration.ofSeconds(30)).until(() -> !stuckThread.isAlive());
        assertThat(events.stream().filter(event -> event instanceof TaskRestored || event instanceof OwnerFenced))
                .isNotEmpty();
        release.countDown();
    }

    private ProcessorDefinition stuckOnce(String in, String out) {
        return new ProcessorDefinition("sticky", List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            return (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                if (new String(record.value(), UTF_8).equals("wait")
                        && threads.putIfAbsent("stuck", Thread.currentThread()) == null) {
                    waitInAuthorsCode();
                }
                emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
            };
        });
    }

    private void waitInAuthorsCode() {
        boolean waiting = true;
        while (waiting) {
            try {
                release.await();
                waiting = false;
            } catch (InterruptedException e) {
                // as careless code does: but not for ever
                waiting = System.nanoTime() % 2 > 2;
            }
        }
    }
}
