package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.changelog.ChangelogReader;
import io.tidemark.checkpoint.Fencing;
import io.tidemark.checkpoint.TransactionalLog;
import io.tidemark.runtime.RestoreOutcome.Held;
import io.tidemark.runtime.RestoreOutcome.Waiting;
import io.tidemark.stream.RecordSource;
import io.tidemark.stream.TaskId;
import io.tidemark.stream.TopicFacts;
import io.tidemark.task.StateSchema;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a restore says while somebody outside does not answer, or is in the way. */
class TaskRestoreTest {

    private static final TaskId TASK = new TaskId("p", 0);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private Optional<TopicFacts> facts = Optional.empty();
    private Optional<?> committed = Optional.empty();
    private final Optional<ChangelogReader.Bounds> bounds = Optional.empty();
    private Optional<String> owner = Optional.empty();
    private String refusal;
    private final List<String> fenced = new ArrayList<>();
    private final TaskRestore restore = restore();

    /** M3: it waited for ever, with health UP and nothing in the log. */
    @Test
    void shouldSayThatTheClusterDoesNotAnswerAboutATopic() {
        assertThat(restore.step(0)).isInstanceOf(Waiting.class);
        assertThat(restore.step(9 * SECOND)).isInstanceOf(Waiting.class);

        assertThat(restore.step(11 * SECOND))
                .isInstanceOfSatisfying(
                        Held.class,
                        held -> assertThat(held.message())
                                .contains(
                                        "Task p/0 cannot be restored: the cluster does not say what topic in is (credentials rejected)")
                                .contains("goes on by itself"));
        assertThat(restore.step(11 * SECOND + 1))
                .as("between two questions as well")
                .isInstanceOf(Held.class);

        facts = Optional.of(new TopicFacts(new UUID(1, 1), 1));
        committed = Optional.of(Map.of());
        assertThat(restore.step(12 * SECOND))
                .as("it got an answer, and waits for the next")
                .isInstanceOf(Waiting.class);
    }

    /** M4: a partition without a leader must not cost the others a second in each cycle: nobody waits for the answer. */
    @Test
    void shouldSayThatAChangelogPartitionHasNoLeader() {
        facts = Optional.of(new TopicFacts(new UUID(1, 1), 1));
        committed = Optional.of(Map.of());

        assertThat(restore.step(0)).isInstanceOf(Waiting.class);
        assertThat(restore.step(11 * SECOND))
                .isInstanceOfSatisfying(
                        Held.class,
                        held -> assertThat(held.message())
                                .contains("where partition 0 of the changelog begins and ends"));
    }

    /** M10: whoever may write to the changelog could have any transactional id fenced that the application may fence. */
    @Test
    void shouldFenceNobodyButOwnersOfItsGroup() {
        facts = Optional.of(new TopicFacts(new UUID(1, 1), 1));
        for (String intruder : List.of("payments-1", "group", "group:x", "group:x:1\nall is lost", "groups:x:1")) {
            owner = Optional.of(intruder);
            RestoreOutcome outcome = waitTwice();
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Held.class,
                            held -> assertThat(held.message())
                                    .contains("no worker of group group")
                                    .doesNotContain("lost"));
        }
        assertThat(fenced).isEmpty();

        owner = Optional.of("group:5f-a.b_c:12");
        waitTwice();
        owner = Optional.of("group-5f-12");
        waitTwice();
        assertThat(fenced)
                .as("of this version, and of the one before")
                .containsOnly("group:5f-a.b_c:12", "group-5f-12");
    }

    @Test
    void shouldSayThatAFormerOwnerCannotBeFenced() {
        facts = Optional.of(new TopicFacts(new UUID(1, 1), 1));
        owner = Optional.of("group:x:1");
        refusal = "not authorized";

        assertThat(waitTwice())
                .isInstanceOfSatisfying(
                        Held.class,
                        held -> assertThat(held.message())
                                .contains(
                                        "its former owner group:x:1 is in the way and could not be ended (not authorized)"));
    }

    /** The assignment may be newer than what is known of the topic. */
    @Test
    void shouldNotBeginWithAPartitionThatWasJustAdded() {
        TaskRestore added = restore(new TaskId("p", 1));
        facts = Optional.of(new TopicFacts(new UUID(1, 1), 1));
        committed = Optional.of(Map.of());
        assertThat(added.step(0)).isInstanceOf(Waiting.class);

        facts = Optional.of(new TopicFacts(new UUID(1, 1), 2));
        assertThat(added.step(SECOND)).isInstanceOf(RestoreOutcome.Stopped.class);
    }

    private long now;

    private RestoreOutcome waitTwice() {
        restore.step(now += 2 * SECOND);
        return restore.step(now += 2 * SECOND);
    }

    private TaskRestore restore() {
        return restore(TASK);
    }

    private TaskRestore restore(TaskId task) {
        ProcessorDefinition definition = new ProcessorDefinition(
                "p", List.of("in"), Set.of(), List.of(), Set.of(), states -> (record, out) -> {});
        WorkerSettings settings = WorkerSettings.defaults();
        WorkerDuty duty = new WorkerDuty(
                definition,
                "group",
                1,
                settings,
                new HandlerTimes(Duration.ofSeconds(15), Duration.ofMinutes(5)),
                new Verdicts());
        RecordSource source = answering(RecordSource.class);
        WorkerPorts ports = new WorkerPorts(
                source,
                answering(TransactionalLog.class),
                topic -> true,
                answering(ChangelogReader.class),
                null,
                null,
                new Fencing() {
                    @Override
                    public boolean fence(String transactionalId) {
                        if (refusal == null) {
                            fenced.add(transactionalId);
                        }
                        return refusal == null;
                    }

                    @Override
                    public String failure(String transactionalId) {
                        return refusal;
                    }
                },
                null,
                null,
                null);
        StateSchema schema = new StateSchema(definition, settings.onNewerState());
        return new TaskRestore(duty, task, ports, schema, null, new TaskRestore.RestoreEvents() {
            @Override
            public void quarantined(TaskId task, String reason) {}

            @Override
            public void fenced(TaskId task, String owner) {}
        });
    }

    /** A port that answers what the test says. */
    @SuppressWarnings("unchecked")
    private <T> T answering(Class<T> port) {
        return (T) Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "facts" -> facts;
                    case "factsFailure" -> "credentials rejected";
                    case "isMissing" -> false;
                    case "mayBegin" -> true;
                    case "committed" -> committed;
                    case "bounds" -> (java.util.function.Supplier<?>) () -> bounds;
                    case "stableEnd" -> Optional.of(1L);
                    case "end" -> Optional.of(2L);
                    case "newestOwner" -> owner;
                    case "transactionalId" -> "group:me:0";
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
