package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.error.EnvironmentRefused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a worker's thread does when no loop can be made; a stuck handler needs a real one and is tested with a broker. */
class WorkerThreadTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private final List<RuntimeEvent> events = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger made = new AtomicInteger();
    private WorkerThread worker;

    @AfterEach
    void stop() throws InterruptedException {
        if (worker != null) {
            worker.requestStop(false);
            worker.awaitEnd(System.nanoTime());
        }
    }

    @Test
    void shouldFailForGoodWhenTheStrategyGivesUpAndSayWhy() throws InterruptedException {
        AtomicInteger halted = new AtomicInteger();
        worker = worker(
                (number, counters) -> {
                    made.incrementAndGet();
                    throw new EnvironmentRefused("Topic t does not exist.", "Create it.", null);
                },
                new RestartStrategy.FixedDelay(2, Duration.ofMillis(10)),
                halted::incrementAndGet);
        worker.start();
        await().atMost(SOON).until(() -> worker.state() == ProcessorStatus.State.FAILED);
        assertThat(made).hasValue(3);
        assertThat(worker.message())
                .contains("Worker 0 of processor p failed 3 times in a row")
                .contains("Topic t does not exist. Create it.")
                .contains("fix the cause and restart");
        assertThat(halted).as("the other workers go on").hasValue(0);
        assertThat(worker.awaitEnd(System.nanoTime())).isTrue();
    }

    private WorkerThread worker(LoopFactory loops, RestartStrategy restart, Runnable onHalted) {
        WorkerPlan plan = new WorkerPlan(
                "p",
                loops,
                restart,
                new Rivalry("/data", "id", true),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5));
        return new WorkerThread(plan, 0, onHalted, events::add, System::nanoTime);
    }
}
