package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.GroupProtocol;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.kafka.MembershipSettings;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.CheckpointAborted;
import io.tidemark.runtime.RuntimeEvent.ProducerReplaced;
import io.tidemark.runtime.RuntimeEvent.TaskReleased;
import io.tidemark.runtime.RuntimeEvent.TaskRestored;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** B4 and D2 to D4: faults in the commit, in the middle of a rebalance, and a member that is removed while it works. */
class RebalanceFaultIT extends RuntimeFixture {

    private final String in = TestCluster.createTopic("in", 4);
    private final String out = TestCluster.createTopic("out", 4);
    private final ProcessorDefinition counts = counting("moving", in, out, record -> false);
    private HookedClients.Hook hook = new HookedClients.Hook() {};

    @Override
    KafkaClients clients() {
        return new HookedClients(TestCluster.clients(), new HookedClients.Hook() {
            @Override
            public void before(String method) throws Throwable {
                hook.before(method);
            }

            @Override
            public void after(String method) throws Throwable {
                hook.after(method);
            }

            @Override
            public ConsumerRebalanceListener listener(ConsumerRebalanceListener real) {
                return hook.listener(real);
            }
        });
    }

    /** What goes wrong with the checkpoint that is taken inside the revocation. */
    private enum Revocation {
        /** It takes longer than there is time for. */
        TOO_LATE,
        /** It is committed, and nobody is told. */
        COMMITTED_UNTOLD,
        /** It is not committed, and nobody is told. */
        LOST_UNTOLD
    }

    @ParameterizedTest
    @EnumSource(Revocation.class)
    void shouldTreatARevocationThatCannotBeCommittedAsLost(Revocation fault) {
        AtomicInteger struck = new AtomicInteger();
        hook = new HookedClients.Hook() {
            @Override
            public void before(String method) throws Throwable {
                if (!isInsideRevocation()) {
                    return;
                }
                if (fault == Revocation.TOO_LATE && method.equals("sendOffsetsToTransaction")) {
                    struck.incrementAndGet();
                    Thread.sleep(700);
                } else if (fault == Revocation.LOST_UNTOLD && method.equals("commitTransaction")) {
                    struck.incrementAndGet();
                    throw new TimeoutException("nobody answers");
                }
            }

            @Override
            public void after(String method) {
                if (fault == Revocation.COMMITTED_UNTOLD
                        && method.equals("commitTransaction")
                        && isInsideRevocation()) {
                    struck.incrementAndGet();
                    throw new TimeoutException("nobody answers");
                }
            }
        };
        // checkpoints so seldom that a revocation has something to commit
        settings = settings.withConcurrency(1)
                .with(settings.worker()
                        .with(new CheckpointSettings(
                                Duration.ofSeconds(3),
                                100_000,
                                16 << 20,
                                Duration.ofSeconds(3),
                                CheckpointSettings.SETTLE_INTERVAL,
                                Duration.ofMillis(500))));
        start(directory.resolve("a"), counts);
        TestCluster.send(in, 200, 20);
        awaitOutputs(out, 200);
        TestCluster.send(in, 200, 20);
        // when another instance takes some of the tasks
        start(directory.resolve("b"), counts);
        await().atMost(Duration.ofSeconds(40)).until(() -> {
            TestCluster.send(in, 20, 20);
            return struck.get() > 0;
        });
        int sent = TestCluster.committed(in).size();
        // then
        awaitOutputs(out, sent);
        assertCountedOnce(out);
    }

    /**
     * D2: a worker dies after it gave partitions up and before the group heard of it. It takes its place again, with the assignment that was
     * made for it, and those partitions are nobody's.
     */
    @Test
    void shouldTakeUpWhatAWorkerGaveUpAndDidNotSay() {
        AtomicBoolean dies = new AtomicBoolean();
        hook = new HookedClients.Hook() {
            @Override
            public ConsumerRebalanceListener listener(ConsumerRebalanceListener real) {
                return new ConsumerRebalanceListener() {
                    @Override
                    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                        real.onPartitionsRevoked(partitions);
                        if (!partitions.isEmpty() && dies.compareAndSet(true, false)) {
                            throw new IllegalStateException("dies with what it gave up");
                        }
                    }

                    @Override
                    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                        real.onPartitionsAssigned(partitions);
                    }

                    @Override
                    public void onPartitionsLost(Collection<TopicPartition> partitions) {
                        real.onPartitionsLost(partitions);
                    }
                };
            }
        };
        settings = settings.withConcurrency(1);
        ProcessingRuntime first = start(directory.resolve("a"), counts);
        TestCluster.send(in, 200, 20);
        awaitOutputs(out, 200);
        dies.set(true);

        ProcessingRuntime second = start(directory.resolve("b"), counts);

        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            assertThat(dies).isFalse();
            Set<Integer> taken = new TreeSet<>();
            tasks(first, "moving").forEach(task -> taken.add(task.partition()));
            tasks(second, "moving").forEach(task -> taken.add(task.partition()));
            assertThat(taken).containsExactly(0, 1, 2, 3);
            assertThat(tasks(second, "moving")).isNotEmpty();
        });
        TestCluster.send(in, 200, 20);
        awaitOutputs(out, 400);
        assertCountedOnce(out);
    }

    /** D3: the member is removed in the middle of a record; what it had done is void, and the same tasks come back clean. */
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void shouldDropWhatWasDirtyWhenTheMemberIsRemovedAndComesBack(GroupProtocol protocol) throws Exception {
        MembershipSettings before = settings.membership();
        settings = settings.withConcurrency(1)
                .with(new MembershipSettings(
                        protocol,
                        true,
                        before.sessionTimeout(),
                        before.heartbeatInterval(),
                        before.transactionTimeout()));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean once = new AtomicBoolean();
        ProcessorDefinition blocking =
                new ProcessorDefinition("removed", List.of(in), Set.of(out), List.of(COUNT), Set.of(), states -> {
                    ValueState<Long> count = states.state(COUNT);
                    return (record, emitter) -> {
                        long next = count.update(() -> 0L, n -> n + 1);
                        if (new String(record.value(), UTF_8).equals("block") && once.compareAndSet(false, true)) {
                            inside.countDown();
                            goOn.await();
                        }
                        emitter.emit(out, record.key(), Long.toString(next).getBytes(UTF_8), null, Map.of());
                    };
                });
        start(directory, blocking);
        TestCluster.send(in, 100, 10);
        awaitOutputs(out, 100);
        TestCluster.send(in, "k1", "block");
        TestCluster.send(in, 50, 10);
        inside.await();
        String group = application + ".removed";
        try (Admin admin = TestCluster.clients().admin()) {
            String member = admin.describeConsumerGroups(List.of(group))
                    .all()
                    .get()
                    .get(group)
                    .members()
                    .iterator()
                    .next()
                    .groupInstanceId()
                    .orElseThrow();
            admin.removeMembersFromConsumerGroup(
                            group, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove(member))))
                    .all()
                    .get();
        }
        // long enough for a heartbeat to find out
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        goOn.countDown();
        awaitOutputs(out, 151);
        assertCountedOnce(out);
    }

    /** D4: what stays goes on, with what is dirty in it, while the rest moves. */
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void shouldGoOnWithTheTasksItKeepsWhileOthersMove(GroupProtocol protocol) {
        MembershipSettings before = settings.membership();
        settings = settings.withConcurrency(1)
                .with(new MembershipSettings(
                        protocol,
                        true,
                        before.sessionTimeout(),
                        before.heartbeatInterval(),
                        before.transactionTimeout()));
        ProcessingRuntime a = start(directory.resolve("a"), counts);
        TestCluster.send(in, 200, 40);
        awaitOutputs(out, 200);
        events.clear();
        start(directory.resolve("b"), counts);
        await().atMost(Duration.ofSeconds(40)).until(() -> {
            TestCluster.send(in, 40, 40);
            return tasks(a, "moving").size() == 2
                    && events.stream().filter(TaskRestored.class::isInstance).count() >= 2;
        });
        awaitOutputs(out, TestCluster.committed(in).size());
        assertCountedOnce(out);
        Set<Integer> kept = new java.util.TreeSet<>();
        tasks(a, "moving").forEach(task -> kept.add(task.partition()));
        assertThat(events.stream()
                        .filter(TaskReleased.class::isInstance)
                        .map(event -> ((TaskReleased) event).task().partition()))
                .as("nobody let go of what stays, %s", kept)
                .doesNotContainAnyElementsOf(kept);
    }

    /** B4: interrupted, or dead, between asking for a commit and hearing of it. */
    @ParameterizedTest
    @EnumSource(
            value = Revocation.class,
            names = {"COMMITTED_UNTOLD", "LOST_UNTOLD"})
    void shouldFindOutWhatBecameOfACommitItWasInterruptedIn(Revocation fault) {
        AtomicInteger commits = new AtomicInteger();
        hook = new HookedClients.Hook() {
            @Override
            public void before(String method) {
                if (method.equals("commitTransaction") && commits.incrementAndGet() % 7 == 3) {
                    if (fault == Revocation.LOST_UNTOLD) {
                        Thread.currentThread().interrupt(); // the client gives up at once
                    }
                }
            }

            @Override
            public void after(String method) {
                if (method.equals("commitTransaction")
                        && commits.get() % 7 == 3
                        && fault == Revocation.COMMITTED_UNTOLD) {
                    throw new AssertionError("the thread dies here");
                }
            }
        };
        settings = settings.with(new RestartStrategy.FixedDelay(1_000, Duration.ofMillis(100)));
        start(directory, counts);
        for (int i = 0; i < 20; i++) {
            TestCluster.send(in, 20, 20);
            int sent = 20 * (i + 1);
            awaitOutputs(out, sent);
        }
        assertCountedOnce(out);
        assertThat(events.stream()
                        .filter(event -> event instanceof ProducerReplaced
                                || event instanceof CheckpointAborted
                                || event instanceof RuntimeEvent.WorkerRestarting)
                        .count())
                .isPositive();
    }

    @Test
    void shouldGiveUpAWorkerThatKeepsDyingAndSaySo() {
        hook = new HookedClients.Hook() {
            @Override
            public void before(String method) {
                if (method.equals("commitTransaction")) {
                    throw new AssertionError("the thread dies here");
                }
            }
        };
        settings = settings.withConcurrency(1).with(new RestartStrategy.FixedDelay(2, Duration.ofMillis(50)));
        ProcessingRuntime runtime = start(directory, counts);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> runtime.status("moving").orElseThrow().state() == ProcessorStatus.State.FAILED);
        assertThat(runtime.status("moving").orElseThrow().message())
                .contains("failed 3 times in a row")
                .contains("java.lang.AssertionError");
    }

    private static boolean isInsideRevocation() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().endsWith(".Ownership")
                        && frame.getMethodName().equals("revoked")));
    }
}
