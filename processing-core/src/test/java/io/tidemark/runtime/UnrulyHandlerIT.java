package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.RecordEmitter;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.RawCodecs;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.TestCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Handlers that do what the guide says they must not: read random numbers, or leave work behind that ends after their call. */
class UnrulyHandlerIT extends RuntimeFixture {

    private static final StateDescriptor<ValueState<Long>> LAST = StateDescriptor.value("last", RawCodecs.LONG);

    private final String in = TestCluster.createTopic("in", 2);
    private final String out = TestCluster.createTopic("out", 2);
    private HookedClients.Hook hook = new HookedClients.Hook() {};

    @Override
    KafkaClients clients() {
        return new HookedClients(TestCluster.clients(), hook);
    }

    /** B6: attempts differ, but state and output are always those of the same one. */
    @Test
    void shouldCommitStateAndOutputOfOneAttemptWhateverItComputed() {
        AtomicInteger commits = new AtomicInteger();
        AtomicInteger lost = new AtomicInteger();
        hook = new HookedClients.Hook() {
            @Override
            public void before(String method) {
                if (method.equals("commitTransaction") && commits.incrementAndGet() % 5 == 3) {
                    lost.incrementAndGet();
                    throw new TimeoutException("never arrived");
                }
            }

            @Override
            public void after(String method) {
                if (method.equals("commitTransaction") && commits.get() % 5 == 0) {
                    lost.incrementAndGet();
                    throw new TimeoutException("arrived, and nobody heard of it");
                }
            }
        };
        settings = settings.withConcurrency(1);
        start(directory, random());
        for (int i = 1; i <= 6; i++) {
            TestCluster.send(in, 30, 10);
            awaitOutputs(out, 30 * i);
        }

        assertThat(lost).as("commits that failed or were not heard of").hasValueGreaterThan(1);
        Map<String, String> last = new HashMap<>();
        for (ConsumerRecord<String, String> record : TestCluster.committed(out)) {
            String[] numbers = record.value().split(">");
            assertThat(numbers[0])
                    .as("what the state of %s held", record.key())
                    .isEqualTo(last.getOrDefault(record.key(), "0"));
            last.put(record.key(), numbers[1]);
        }
    }

    private ProcessorDefinition random() {
        return new ProcessorDefinition("random", List.of(in), Set.of(out), List.of(LAST), Set.of(), states -> {
            ValueState<Long> last = states.state(LAST);
            return (record, emitter) -> {
                long before = last.getOr(() -> 0L);
                long next = ThreadLocalRandom.current().nextLong();
                last.set(next);
                emitter.emit(out, record.key(), (before + ">" + next).getBytes(UTF_8), null, Map.of());
            };
        });
    }

    /** B7: what comes after the call is refused where it comes from, and changes nothing. */
    @Test
    void shouldTakeNothingFromThreadsThatOutliveTheirCall() {
        Queue<String> refusals = new ConcurrentLinkedQueue<>();
        start(directory, leaving(refusals));
        TestCluster.send(in, 200, 10);

        awaitOutputs(out, 200);

        await().atMost(Duration.ofSeconds(20)).until(() -> refusals.size() == 400);
        assertThat(refusals).allSatisfy(message -> assertThat(message).containsAnyOf("handler call", "thread"));
        assertCountedOnce(out);
    }

    private ProcessorDefinition leaving(Queue<String> refusals) {
        return new ProcessorDefinition("leaving", List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
            ValueState<Long> count = states.state(COUNT);
            return (record, emitter) -> {
                long next = count.update(() -> 0L, n -> n + 1);
                emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
                byte[] key = record.key();
                new Thread(() -> later(count, emitter, key, refusals)).start();
            };
        });
    }

    private void later(ValueState<Long> count, RecordEmitter emitter, byte[] key, Queue<String> refusals) {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            return;
        }
        refused(() -> count.set(-1L), refusals);
        refused(() -> emitter.emit(out, key, "-1".getBytes(UTF_8), null, Map.of()), refusals);
    }

    private static void refused(Runnable work, Queue<String> refusals) {
        try {
            work.run();
        } catch (IllegalStateException e) {
            refusals.add(e.getMessage());
        }
    }
}
