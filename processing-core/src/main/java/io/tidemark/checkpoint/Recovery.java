package io.tidemark.checkpoint;

import io.tidemark.checkpoint.RecoveryPlan.LookAgain;
import io.tidemark.checkpoint.RecoveryPlan.Reason;
import io.tidemark.checkpoint.RecoveryPlan.Refuse;
import io.tidemark.checkpoint.RecoveryPlan.ReplayBase;
import io.tidemark.checkpoint.RecoveryPlan.RollForward;
import io.tidemark.checkpoint.RecoveryPlan.StartNew;
import io.tidemark.checkpoint.RecoveryPlan.UseLocal;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import io.tidemark.stream.TaskId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The recovery table: committed pointers, local store and changelog to a plan. Pure, and total over its input. */
public final class Recovery {

    /** Replays of one unchanged pointer that may fail before the task is refused. */
    static final int MAX_REPLAYS = 3;

    private static final String PUT_BACK =
            "Put the offsets back as they were, with their metadata; or start the processor under another id, with empty state.";

    private static final String PUT_INPUTS_BACK =
            "Put its former input topics back; or start the processor under another id, with empty state.";

    private final TaskId task;
    private final RecoveryFacts facts;

    private Recovery(TaskId task, RecoveryFacts facts) {
        this.task = task;
        this.facts = facts;
    }

    public static RecoveryPlan plan(TaskId task, RecoveryFacts facts) {
        return new Recovery(task, facts).plan();
    }

    /** The state was made from topics the processor does not read any more; only the restored store knows. */
    public static RecoveryPlan.Refuse inputsMissing(TaskId task, List<String> topics) {
        return new Refuse(
                Reason.OFFSETS_INCOMPLETE,
                "Task " + task + " is refused: its state was made from topics it does not read any more: "
                        + String.join(", ", topics) + ".",
                PUT_INPUTS_BACK);
    }

    private RecoveryPlan plan() {
        long committed = facts.inputs().stream()
                .filter(input -> input.committed() != null)
                .count();
        if (committed == 0) {
            return withoutOffsets();
        }
        if (committed < facts.inputs().size()) {
            return refuse(
                    Reason.OFFSETS_INCOMPLETE,
                    "only some of its inputs have a committed offset, so an input topic was added",
                    PUT_INPUTS_BACK);
        }
        Map<String, Position> positions = new HashMap<>();
        Map<String, Pointer> pointers = new HashMap<>();
        for (RecoveryFacts.Input input : facts.inputs()) {
            CommittedOffset offset = input.committed();
            if (offset != null) {
                Optional<Pointer> pointer = PointerCodec.decode(offset.metadata());
                if (pointer.isEmpty() || pointer.get().offset() != offset.offset()) {
                    return changed(input, offset);
                }
                pointers.put(input.topic(), pointer.get());
                positions.put(input.topic(), new Position(offset.offset(), offset.leaderEpoch()));
            }
        }
        return withPointers(pointers, Positions.of(positions));
    }

    private RecoveryPlan withoutOffsets() {
        boolean history =
                facts.local() != null || facts.log().start() > 0 || facts.log().hasSegment();
        if (history) {
            return refuse(
                    Reason.OFFSETS_LOST,
                    "it has state but no committed offsets: they expired or were deleted, perhaps together with the topic",
                    PUT_BACK);
        }
        for (RecoveryFacts.Input input : facts.inputs()) {
            if (input.now().partitionCount() != facts.partitions()) {
                // a partition that was added: some of its keys have their state elsewhere
                return repartitioned(input.topic(), input.now().partitionCount(), facts.partitions());
            }
        }
        return new StartNew();
    }

    private RecoveryPlan withPointers(Map<String, Pointer> pointers, Positions positions) {
        CheckpointRef target = null;
        for (RecoveryFacts.Input input : facts.inputs()) {
            Pointer pointer = pointers.get(input.topic());
            if (pointer == null) {
                throw new IllegalStateException("Every input has a pointer here");
            }
            if (!pointer.topicId().equals(input.now().id())) {
                return refuse(
                        Reason.TOPIC_RECREATED,
                        "topic " + input.topic() + " has id " + input.now().id() + ", its checkpoint was taken on "
                                + pointer.topicId() + ": it was deleted and created again",
                        "The former topic cannot come back. To read the new one, start the processor under another id, with empty"
                                + " state.");
            }
            if (pointer.partitionCount() != input.now().partitionCount()) {
                return repartitioned(input.topic(), input.now().partitionCount(), pointer.partitionCount());
            }
            if (target != null && !target.equals(pointer.checkpoint())) {
                return refuse(
                        Reason.OFFSETS_CHANGED,
                        "its inputs point to different checkpoints, " + target.id() + " and "
                                + pointer.checkpoint().id(),
                        PUT_BACK);
            }
            target = pointer.checkpoint();
        }
        if (target == null) {
            throw new IllegalStateException("A task has at least one input");
        }
        return withCheckpoint(target, positions);
    }

    private RecoveryPlan withCheckpoint(CheckpointRef target, Positions positions) {
        RecoveryFacts.FailedReplay failed = facts.failed();
        if (failed != null && failed.target().equals(target) && failed.attempts() >= MAX_REPLAYS) {
            return damaged(target, failed.message());
        }
        if (facts.log().end() < target.end()) {
            // Going on would append to a log that can restore nothing any more.
            return new LookAgain(
                    target,
                    "its delta ends at changelog offset " + target.end() + ", but the log ends at "
                            + facts.log().end() + ": it was truncated or created again");
        }
        RecoveryFacts.Local local = facts.local();
        if (local != null && local.checkpoint().equals(target.id())) {
            return new UseLocal(target, positions);
        }
        String unusable = local == null ? "" : unusable(local, target);
        if (local != null && unusable == null) {
            return new RollForward(target, positions, local.changelogNext());
        }
        if (target.base() < facts.log().start()) {
            String message = "its base at changelog offset " + target.base() + " is gone: the log starts at "
                    + facts.log().start();
            return damaged(target, message);
        }
        boolean stale = local != null && unusable != null && isOlderThanTheLog(local, target);
        return new ReplayBase(target, positions, unusable == null ? "" : unusable, stale);
    }

    /** Why the local store cannot be rolled forward, or {@code null} when it can as far as is known. */
    private @Nullable String unusable(RecoveryFacts.Local local, CheckpointRef target) {
        CheckpointId at = local.checkpoint();
        if (local.offChain()) {
            return "checkpoint " + at + " of the local store is not an ancestor of the committed checkpoint "
                    + target.id();
        }
        if (at.lineage() != target.id().lineage()) {
            return "the local store is of lineage " + at.lineage() + ", the committed checkpoint of "
                    + target.id().lineage();
        }
        if (at.number() >= target.id().number() || local.changelogNext() >= target.end()) {
            return "the local store holds checkpoint " + at + ", which is not the committed checkpoint " + target.id();
        }
        if (local.changelogNext() < facts.log().start()) {
            return "the local store holds checkpoint " + at + ", older than what the changelog still has";
        }
        return null;
    }

    /** Whether a store that cannot be used is nothing but old. */
    private boolean isOlderThanTheLog(RecoveryFacts.Local local, CheckpointRef target) {
        return !local.offChain()
                && local.checkpoint().lineage() == target.id().lineage()
                && local.checkpoint().number() < target.id().number()
                && local.changelogNext() < facts.log().start();
    }

    private RecoveryPlan repartitioned(String topic, int now, int before) {
        return refuse(
                Reason.TOPIC_REPARTITIONED,
                "topic " + topic + " has " + now + " partitions, its state was made with " + before
                        + ": keys would move to partitions that do not hold their state",
                "Start the processor under another id, with empty state; or on a topic with " + before
                        + " partitions to which the records are copied.");
    }

    private RecoveryPlan damaged(CheckpointRef target, String message) {
        return refuse(
                Reason.CHANGELOG_DAMAGED,
                "checkpoint " + target.id() + " cannot be restored from the changelog: " + message,
                "Check that nothing deletes or compacts records of the changelog topic. An instance whose state directory still"
                        + " holds the checkpoint can go on; without one, start the processor under another id, with empty"
                        + " state.");
    }

    private RecoveryPlan changed(RecoveryFacts.Input input, CommittedOffset offset) {
        return refuse(
                Reason.OFFSETS_CHANGED,
                "the committed offset " + offset.offset() + " of topic " + input.topic()
                        + (offset.metadata().isEmpty()
                                ? " carries no pointer"
                                : " does not match the pointer stored with it")
                        + ": it was changed outside",
                PUT_BACK);
    }

    private Refuse refuse(Reason reason, String found, String advice) {
        return new Refuse(reason, "Task " + task + " is refused: " + found + ".", advice);
    }
}
