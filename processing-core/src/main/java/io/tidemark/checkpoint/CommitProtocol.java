package io.tidemark.checkpoint;

import static io.tidemark.checkpoint.CommitAction.ABORT_TRANSACTION;
import static io.tidemark.checkpoint.CommitAction.COMMIT_TRANSACTION;
import static io.tidemark.checkpoint.CommitAction.COMPLETE_CHECKPOINT;
import static io.tidemark.checkpoint.CommitAction.DISCARD_DIRTY;
import static io.tidemark.checkpoint.CommitAction.DROP_CELLS;
import static io.tidemark.checkpoint.CommitAction.PREPARE_DELTAS;
import static io.tidemark.checkpoint.CommitAction.RECOVER_TASKS;
import static io.tidemark.checkpoint.CommitAction.REPLACE_PRODUCER;
import static io.tidemark.checkpoint.CommitAction.REWIND_TASKS;
import static io.tidemark.checkpoint.CommitAction.SEND_OFFSETS;
import static io.tidemark.checkpoint.CommitEvent.ATTEMPT_VOID;
import static io.tidemark.checkpoint.CommitEvent.CHECKPOINT_DUE;
import static io.tidemark.checkpoint.CommitEvent.COMMITTED;
import static io.tidemark.checkpoint.CommitEvent.COMPLETED;
import static io.tidemark.checkpoint.CommitEvent.DELTAS_APPENDED;
import static io.tidemark.checkpoint.CommitEvent.IN_DOUBT;
import static io.tidemark.checkpoint.CommitEvent.OFFSETS_SENT;
import static io.tidemark.checkpoint.CommitEvent.PRODUCER_REPLACED;
import static io.tidemark.checkpoint.CommitEvent.PRODUCER_UNAVAILABLE;
import static io.tidemark.checkpoint.CommitEvent.REWOUND;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The two-phase commit of one worker: phase and event to next phase and actions, as a table. The Kafka transaction is the decision
 * record. An event a phase has no row for is a bug of the caller and refused.
 *
 * <p>The table says by its holes what matters most: {@code DECIDING} has no row for {@code ATTEMPT_VOID}, because after the commit was
 * asked for nothing may be taken for an abort; {@code COMPLETING} has none either, because a decided checkpoint is never taken back.
 */
public final class CommitProtocol {

    /**
     * A row of the table.
     *
     * @param next the phase to be in
     * @param actions what to do, in order
     */
    public record Transition(CommitPhase next, List<CommitAction> actions) {}

    private static final Map<CommitPhase, Map<CommitEvent, Transition>> TABLE = table();

    private CommitProtocol() {}

    /**
     * @throws IllegalStateException when the phase does not know the event
     */
    public static Transition next(CommitPhase phase, CommitEvent event) {
        Transition transition = row(phase).get(event);
        if (transition == null) {
            throw new IllegalStateException("Event " + event + " is not possible in phase " + phase);
        }
        return transition;
    }

    /** All rows of a phase. */
    public static Map<CommitEvent, Transition> row(CommitPhase phase) {
        return TABLE.getOrDefault(phase, Map.of());
    }

    private static Map<CommitPhase, Map<CommitEvent, Transition>> table() {
        Map<CommitPhase, Map<CommitEvent, Transition>> table = new EnumMap<>(CommitPhase.class);
        on(table, CommitPhase.RUNNING, CHECKPOINT_DUE, CommitPhase.PREPARING, PREPARE_DELTAS);
        on(table, CommitPhase.PREPARING, DELTAS_APPENDED, CommitPhase.OFFERING, SEND_OFFSETS);
        on(table, CommitPhase.OFFERING, OFFSETS_SENT, CommitPhase.DECIDING, COMMIT_TRANSACTION);
        on(table, CommitPhase.DECIDING, COMMITTED, CommitPhase.COMPLETING, COMPLETE_CHECKPOINT);
        on(table, CommitPhase.COMPLETING, COMPLETED, CommitPhase.RUNNING);
        for (CommitPhase undecided : List.of(CommitPhase.RUNNING, CommitPhase.PREPARING, CommitPhase.OFFERING)) {
            on(table, undecided, ATTEMPT_VOID, CommitPhase.REWINDING, ABORT_TRANSACTION, DISCARD_DIRTY, REWIND_TASKS);
            on(table, undecided, IN_DOUBT, CommitPhase.DOUBT, DROP_CELLS, REPLACE_PRODUCER);
        }
        on(table, CommitPhase.DECIDING, IN_DOUBT, CommitPhase.DOUBT, DROP_CELLS, REPLACE_PRODUCER);
        on(table, CommitPhase.REWINDING, REWOUND, CommitPhase.RUNNING);
        on(table, CommitPhase.REWINDING, IN_DOUBT, CommitPhase.DOUBT, DROP_CELLS, REPLACE_PRODUCER);
        on(table, CommitPhase.DOUBT, PRODUCER_REPLACED, CommitPhase.RUNNING, RECOVER_TASKS);
        on(table, CommitPhase.DOUBT, PRODUCER_UNAVAILABLE, CommitPhase.DOUBT, REPLACE_PRODUCER);
        return table;
    }

    private static void on(
            Map<CommitPhase, Map<CommitEvent, Transition>> table,
            CommitPhase phase,
            CommitEvent event,
            CommitPhase next,
            CommitAction... actions) {
        Map<CommitEvent, Transition> row = table.computeIfAbsent(phase, p -> new EnumMap<>(CommitEvent.class));
        if (row.put(event, new Transition(next, Collections.unmodifiableList(List.of(actions)))) != null) {
            throw new AssertionError(phase + " has two rows for " + event);
        }
    }
}
