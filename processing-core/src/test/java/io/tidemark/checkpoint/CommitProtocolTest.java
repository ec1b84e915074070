package io.tidemark.checkpoint;

import static io.tidemark.checkpoint.CommitPhase.COMPLETING;
import static io.tidemark.checkpoint.CommitPhase.DECIDING;
import static io.tidemark.checkpoint.CommitPhase.DOUBT;
import static io.tidemark.checkpoint.CommitPhase.OFFERING;
import static io.tidemark.checkpoint.CommitPhase.PREPARING;
import static io.tidemark.checkpoint.CommitPhase.REWINDING;
import static io.tidemark.checkpoint.CommitPhase.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.checkpoint.CommitProtocol.Transition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table: every phase with every event, a transition or a refusal. */
class CommitProtocolTest {

    private static final Map<CommitPhase, Map<CommitEvent, CommitPhase>> EXPECTED = Map.of(
            RUNNING,
                    Map.of(
                            CommitEvent.CHECKPOINT_DUE, PREPARING,
                            CommitEvent.ATTEMPT_VOID, REWINDING,
                            CommitEvent.IN_DOUBT, DOUBT),
            PREPARING,
                    Map.of(
                            CommitEvent.DELTAS_APPENDED, OFFERING,
                            CommitEvent.ATTEMPT_VOID, REWINDING,
                            CommitEvent.IN_DOUBT, DOUBT),
            OFFERING,
                    Map.of(
                            CommitEvent.OFFSETS_SENT, DECIDING,
                            CommitEvent.ATTEMPT_VOID, REWINDING,
                            CommitEvent.IN_DOUBT, DOUBT),
            DECIDING, Map.of(CommitEvent.COMMITTED, COMPLETING, CommitEvent.IN_DOUBT, DOUBT),
            COMPLETING, Map.of(CommitEvent.COMPLETED, RUNNING),
            REWINDING, Map.of(CommitEvent.REWOUND, RUNNING, CommitEvent.IN_DOUBT, DOUBT),
            DOUBT, Map.of(CommitEvent.PRODUCER_REPLACED, RUNNING, CommitEvent.PRODUCER_UNAVAILABLE, DOUBT));

    @Test
    void shouldAnswerEveryPhaseAndEventWithATransitionOrARefusal() {
        for (CommitPhase phase : CommitPhase.values()) {
            for (CommitEvent event : CommitEvent.values()) {
                CommitPhase expected = EXPECTED.get(phase).get(event);
                if (expected == null) {
                    assertThatThrownBy(() -> CommitProtocol.next(phase, event))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining(phase.name())
                            .hasMessageContaining(event.name());
                } else {
                    assertThat(CommitProtocol.next(phase, event).next())
                            .as("%s %s", phase, event)
                            .isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void shouldNeverTakeADecisionBack() {
        for (CommitPhase decided : new CommitPhase[] {DECIDING, COMPLETING, DOUBT}) {
            for (Transition transition : CommitProtocol.row(decided).values()) {
                assertThat(transition.actions())
                        .doesNotContain(
                                CommitAction.ABORT_TRANSACTION, CommitAction.DISCARD_DIRTY, CommitAction.REWIND_TASKS);
            }
        }
    }

    @Test
    void shouldReplaceTheProducerBeforeAnythingElseHappensInDoubt() {
        for (CommitPhase phase : CommitPhase.values()) {
            for (Transition transition : CommitProtocol.row(phase).values()) {
                if (transition.next() == DOUBT) {
                    assertThat(transition.actions()).endsWith(CommitAction.REPLACE_PRODUCER);
                }
            }
        }
        assertThat(CommitProtocol.next(DOUBT, CommitEvent.PRODUCER_REPLACED).actions())
                .containsExactly(CommitAction.RECOVER_TASKS);
    }

    /** Fails when the page is stale and writes the fresh one next to the build output. */
    @Test
    void shouldMatchTheDiagramInTheDocs() throws IOException {
        Path page = Path.of("..", "docs", "commit-phases.md");
        String fresh = diagram();
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "commit-phases.md"), fresh);

        assertThat(page).exists();
        assertThat(Files.readString(page).replace("\r\n", "\n"))
                .as("docs/commit-phases.md is stale: copy processing-core/target/commit-phases.md over it")
                .isEqualTo(fresh);
    }

    private static String diagram() {
        StringBuilder page = new StringBuilder();
        page.append("# Phases of a checkpoint\n\n");
        page.append("Printed from the table in `io.tidemark.checkpoint.CommitProtocol` by its test. Do not edit.\n\n");
        page.append("```mermaid\nstateDiagram-v2\n    [*] --> RUNNING\n");
        for (CommitPhase phase : CommitPhase.values()) {
            CommitProtocol.row(phase)
                    .forEach((event, to) -> page.append("    " + phase + " --> " + to.next() + ": " + event + "\n"));
        }
        page.append("```\n\n| phase | event | next phase | actions |\n|---|---|---|---|\n");
        for (CommitPhase phase : CommitPhase.values()) {
            CommitProtocol.row(phase)
                    .forEach((event, to) -> page.append("| " + phase + " | " + event + " | " + to.next() + " | "
                            + (to.actions().isEmpty() ? "-" : join(to)) + " |\n"));
        }
        page.append("\nAn event a phase has no row for is refused: it would be a bug of the caller.\n");
        return page.toString();
    }

    private static String join(Transition transition) {
        return String.join(", ", transition.actions().stream().map(Enum::name).toList());
    }
}
