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
import java.util.Collection;
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

    private static final String ANEW = "or start the processor under another id, with empty state.";

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
    public static RecoveryPlan.Refuse inputsMissing(TaskId task, Collection<String> topics) {
        return new Refuse(
                Reason.OFFSETS_INCOMPLETE,
                "Task " + task + " is refused: its state was made from topics it does not read any more: "
                        + String.join(", ", topics) + ".",
                "Put its former input topics back; or name them in tidemark.processors." + task.processor()
                        + ".retire-inputs, and what is unread there is never processed; " + ANEW);
    }

    /**
     * Topics that were to be adopted are part of the state already, and the offset of their checkpoint is not there any more; only the
     * restored store knows.
     */
    public static RecoveryPlan.Refuse adoptedBefore(TaskId task, Collection<String> topics) {
        return new Refuse(
                Reason.OFFSETS_CHANGED,
                "Task " + task + " is refused: its state was made from " + String.join(", ", topics)
                        + " too, and the committed offset there is gone or was changed outside: it cannot be adopted again.",
                PUT_BACK);
    }

    private RecoveryPlan plan() {
        long committed = facts.inputs().stream()
                .filter(input -> input.committed() != null)
                .count();
        if (committed == 0) {
            return withoutOffsets();
        }
        List<RecoveryFacts.Input> standing = facts.inputs().stream()
                .filter(input -> !facts.adopt().contains(input.topic()))
                .toList();
        List<String> without = (standing.isEmpty() ? facts.inputs() : standing)
                .stream()
                        .filter(input -> input.committed() == null)
                        .map(RecoveryFacts.Input::topic)
                        .toList();
        if (!without.isEmpty()) {
            return refuse(
                    Reason.OFFSETS_INCOMPLETE,
                    "some of its inputs have a committed offset, but not " + String.join(", ", without)
                            + ", so an input topic was added",
                    "Put its former input topics back; or name the added ones in tidemark.processors."
                            + task.processor() + ".adopt-inputs; " + ANEW);
        }
        return withOffsets(standing.isEmpty() ? facts.inputs() : standing);
    }

    /**
     * @param standing the inputs that say which checkpoint the task is at
     */
    private RecoveryPlan withOffsets(List<RecoveryFacts.Input> standing) {
        Map<String, Position> positions = new HashMap<>();
        CheckpointRef target = null;
        for (RecoveryFacts.Input input : standing) {
            Optional<Pointer> pointer = pointer(input);
            if (pointer.isEmpty()) {
                return changed(input);
            }
            RecoveryPlan refused = otherTopic(input, pointer.get());
            if (refused != null) {
                return refused;
            }
            CheckpointRef at = pointer.get().checkpoint();
            if (target != null && !target.equals(at)) {
                return refuse(
                        Reason.OFFSETS_CHANGED,
                        "its inputs point to different checkpoints, " + target.id() + " and " + at.id(),
                        PUT_BACK);
            }
            target = at;
            addPosition(input, positions);
        }
        if (target == null) {
            throw new IllegalStateException("A task has at least one input");
        }
        for (RecoveryFacts.Input input : facts.inputs()) {
            Optional<Pointer> pointer = standing.contains(input) ? Optional.empty() : pointer(input);
            if (pointer.isPresent() && pointer.get().checkpoint().equals(target)) { // adopted before
                RecoveryPlan refused = otherTopic(input, pointer.get());
                if (refused != null) {
                    return refused;
                }
                addPosition(input, positions);
            } else if (input.now().partitionCount() != facts.partitions()) {
                return repartitioned(input.topic(), input.now().partitionCount(), facts.partitions());
            }
        }
        return withCheckpoint(target, Positions.of(positions));
    }

    private static void addPosition(RecoveryFacts.Input input, Map<String, Position> positions) {
        CommittedOffset offset = input.committed();
        if (offset != null) {
            positions.put(input.topic(), new Position(offset.offset(), offset.leaderEpoch()));
        }
    }

    /** The pointer with the committed offset of an input, if it is one of this very offset. */
    private static Optional<Pointer> pointer(RecoveryFacts.Input input) {
        CommittedOffset offset = input.committed();
        return offset == null
                ? Optional.empty()
                : PointerCodec.decode(offset.metadata()).filter(pointer -> pointer.offset() == offset.offset());
    }

    /** Refuses a topic that is not the one the checkpoint was taken on. */
    private @Nullable RecoveryPlan otherTopic(RecoveryFacts.Input input, Pointer pointer) {
        if (!pointer.topicId().equals(input.now().id())) {
            return refuse(
                    Reason.TOPIC_RECREATED,
                    "topic " + input.topic() + " has id " + input.now().id() + ", its checkpoint was taken on "
                            + pointer.topicId() + ": it was deleted and created again",
                    "The former topic cannot come back. To read the new one, start the processor under another id, with empty"
                            + " state.");
        }
        return pointer.partitionCount() == input.now().partitionCount()
                ? null
                : repartitioned(input.topic(), input.now().partitionCount(), pointer.partitionCount());
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

    private RecoveryPlan changed(RecoveryFacts.Input input) {
        CommittedOffset offset = input.committed();
        if (offset == null) {
            throw new IllegalStateException("Every input that stands has an offset");
        }
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
