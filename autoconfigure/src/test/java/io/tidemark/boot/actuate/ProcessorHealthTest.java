package io.tidemark.boot.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.checkpoint.CommitPhase;
import io.tidemark.runtime.ProcessorStatus;
import io.tidemark.runtime.ProcessorStatus.State;
import io.tidemark.runtime.RecordTotals;
import io.tidemark.runtime.TaskStatus;
import io.tidemark.runtime.TaskStatus.Phase;
import io.tidemark.runtime.WorkerStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** The table of docs/operations.md "Health", row by row. */
class ProcessorHealthTest {

    @ParameterizedTest
    @EnumSource(names = {"INCOMPLETE", "RESTORING", "RUNNING", "RETRYING"})
    void shouldBeUpWhileItStartsOrRuns(Phase phase) {
        assertThat(health(status(State.RUNNING, worker(true, null, task(phase, null))))
                        .getStatus())
                .isEqualTo(Status.UP);
        assertThat(health(status(State.STARTING)).getStatus()).isEqualTo(Status.UP);
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "ISOLATED"})
    void shouldBeDownWhenATaskNeedsSomebody(Phase phase) {
        Health health = health(status(
                State.RUNNING,
                worker(true, null, task(Phase.RUNNING, null)),
                worker(true, null, task(phase, "Task orders/0 is refused: why. What to do."))));

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails())
                .containsEntry(
                        phase == Phase.REFUSED ? "refused" : "isolated", "Task orders/0 is refused: why. What to do.");
    }

    @Test
    void shouldBeDownWhenALocalStoreCannotBeOpened() {
        assertThat(health(status(State.RUNNING, worker(true, null, task(Phase.RESTORING, "no space left"))))
                        .getStatus())
                .isEqualTo(Status.DOWN);
    }

    @Test
    void shouldBeDownWhenAWorkerIsInTrouble() {
        Health health = health(status(State.RUNNING, worker(true, "Input topic orders does not exist any more")));

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails().get("trouble")).isEqualTo("Input topic orders does not exist any more");
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"FAILED", "RESTARTING"})
    void shouldBeDownWhenItFailedOrAWorkerStartsAnew(State state) {
        Health health = health(
                new ProcessorStatus("orders", state, "the changelog does not fit", List.of(), RecordTotals.NONE));

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails().get("message")).isEqualTo("the changelog does not fit");
    }

    @Test
    void shouldBeOutOfServiceWhenItIsStoppedOrWaitsForAnUpgrade() {
        assertThat(health(ProcessorStatus.stopped("orders")).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health(status(State.RUNNING, worker(true, null, task(Phase.AWAITING_UPGRADE, "newer"))))
                        .getStatus())
                .isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health(status(
                                State.RUNNING,
                                worker(
                                        true,
                                        null,
                                        task(Phase.AWAITING_UPGRADE, "newer"),
                                        task(Phase.REFUSED, "moved"))))
                        .getStatus())
                .as("the worse counts")
                .isEqualTo(Status.DOWN);
    }

    @Test
    void shouldBeReadyOnceItHasTakenUpItsWork() {
        assertThat(onTheWay(status(State.STARTING))).isEqualTo("starting");
        assertThat(onTheWay(status(State.RUNNING, worker(true, null), worker(false, null))))
                .isEqualTo("not in its group");
        assertThat(onTheWay(status(State.RESTARTING, worker(false, null)))).isEqualTo("not in its group");
        assertThat(onTheWay(status(State.FAILED, worker(false, null)))).isEqualTo("failed");
        assertThat(onTheWay(status(
                        State.RUNNING,
                        worker(
                                true,
                                null,
                                task(Phase.RESTORING, null),
                                task(Phase.INCOMPLETE, null),
                                task(Phase.RUNNING, null)))))
                .isEqualTo("1 of 3 tasks wait for the rest of their inputs; 1 of 3 tasks are being restored");
        assertThat(onTheWay(status(
                        State.RUNNING,
                        worker(
                                true,
                                null,
                                task(Phase.ISOLATED, "i"),
                                task(Phase.WAITING, "w"),
                                task(Phase.RETRYING, null)))))
                .as("single records are told by the main indicator")
                .isEmpty();
    }

    /** So that a rolling deployment of a version that does not fit stops at the first instance. */
    @Test
    void shouldNotBeReadyWithTasksThatMayNotRunAndSayWhyOnce() {
        ProcessorStatus status = status(
                State.REFUSED,
                worker(true, null, task(Phase.REFUSED, "moved 0"), task(Phase.REFUSED, "moved 1")),
                worker(true, null, task(Phase.AWAITING_UPGRADE, "newer")));

        assertThat(onTheWay(status))
                .isEqualTo("2 of 3 tasks are refused: moved 0; 1 of 3 tasks wait for an upgrade: newer");
        assertThat(ProcessorsReadiness.onTheWay(status, ReadinessPolicy.TASKS_RESTORED))
                .isEmpty();
        ProcessorStatus restoring = status(State.RUNNING, worker(true, null, task(Phase.RESTORING, null)));
        assertThat(ProcessorsReadiness.onTheWay(restoring, ReadinessPolicy.TASKS_RESTORED))
                .isNotEmpty();
        assertThat(ProcessorsReadiness.onTheWay(restoring, ReadinessPolicy.JOINED))
                .isEmpty();
        assertThat(health(status).getStatus()).isEqualTo(Status.DOWN);
        assertThat(health(status).getDetails())
                .containsEntry("refused", "moved 0 (and 1 more task)")
                .containsEntry("awaitingUpgrade", "newer");
    }

    @Test
    void shouldBeDownWhileWhatARecordNeedsIsAway() {
        Health health = health(status(State.RUNNING, worker(true, null, task(Phase.WAITING, "the registry is away"))));

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails())
                .containsEntry("waiting", "the registry is away")
                .doesNotContainKey("refused");
    }

    private static String onTheWay(ProcessorStatus status) {
        return ProcessorsReadiness.onTheWay(status, ReadinessPolicy.TASKS_RUN);
    }

    private static Health health(ProcessorStatus status) {
        return new ProcessorHealth(() -> status).health();
    }

    private static ProcessorStatus status(State state, WorkerStatus... workers) {
        return new ProcessorStatus("orders", state, null, List.of(workers), RecordTotals.NONE);
    }

    private static WorkerStatus worker(boolean member, @Nullable String trouble, TaskStatus... tasks) {
        return new WorkerStatus(CommitPhase.RUNNING, member, List.of(tasks), trouble);
    }

    private static TaskStatus task(Phase phase, @Nullable String message) {
        return new TaskStatus(0, phase, 1, 0, message);
    }
}
