package io.tidemark.runtime;

import io.tidemark.changelog.ChangelogReader.Bounds;
import io.tidemark.changelog.Replay;
import io.tidemark.checkpoint.CheckpointRef;
import io.tidemark.checkpoint.Recovery;
import io.tidemark.checkpoint.RecoveryFacts;
import io.tidemark.checkpoint.RecoveryFacts.FailedReplay;
import io.tidemark.checkpoint.RecoveryFacts.Local;
import io.tidemark.checkpoint.RecoveryPlan;
import io.tidemark.error.IncompatibleState;
import io.tidemark.error.NewerState;
import io.tidemark.error.StateCorrupted;
import io.tidemark.error.StorageFailed;
import io.tidemark.runtime.RestoreOutcome.Held;
import io.tidemark.runtime.RestoreOutcome.Ready;
import io.tidemark.runtime.RestoreOutcome.Stopped;
import io.tidemark.runtime.RestoreOutcome.TooOld;
import io.tidemark.runtime.RestoreOutcome.Waiting;
import io.tidemark.runtime.RuntimeEvent.RestoreSource;
import io.tidemark.state.StateStore;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import io.tidemark.stream.TaskId;
import io.tidemark.stream.TopicFacts;
import io.tidemark.task.InputDifference;
import io.tidemark.task.Reconciled;
import io.tidemark.task.StateSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Brings one task to its committed checkpoint, in steps that never block: each does at most one short call, so the worker polls between
 * them. What to do is decided by {@link Recovery}; this only gathers its facts and follows its plan.
 */
final class TaskRestore {

    /** What the restore waits for. */
    private enum Stage {
        LOCATING,
        PROBING,
        READING
    }

    private static final Duration ASK_AGAIN = Duration.ofMillis(100);
    /** So long nobody needs to know of questions that are not answered. */
    private static final Duration HICCUP = Duration.ofSeconds(10);

    private static final Duration HELD_PATIENCE = Duration.ofSeconds(10);

    private final WorkerDuty duty;
    private final TaskId task;
    private final WorkerPorts ports;
    private final WorkerSettings settings;
    private final StateSchema schema;
    private final RestoreEvents events;
    private final Map<String, TopicFacts> topics = new HashMap<>();
    private Stage stage = Stage.LOCATING;
    private @Nullable StateStore store;
    private @Nullable FailedReplay failed;
    private boolean offChain;
    private @Nullable String storeDamage;
    private @Nullable Boolean hasSegment;
    private @Nullable Replay replay;
    private @Nullable CheckpointRef target;
    private @Nullable Positions targetPositions;
    private RestoreSource source = RestoreSource.LOCAL;
    private long waitingSince = -1;
    private long waitingAt = -1;
    private long retryAt = Long.MIN_VALUE;
    private long lastStep;
    private long heldSince = -1;
    /** Questions that wait for an answer, and since when. */
    private final Map<String, Long> unanswered = new HashMap<>();

    private @Nullable Held held;
    private @Nullable Map<InputPartition, CommittedOffset> offsets;
    private @Nullable Supplier<Optional<Bounds>> bounds;
    private final Predicate<String> ours;
    private long bytes;
    private long logStart;
    private long probeEnd;
    private boolean elsewhere;

    /** What a restore tells on the way. */
    interface RestoreEvents {
        void quarantined(TaskId task, String reason);

        void fenced(TaskId task, String owner);
    }

    TaskRestore(
            WorkerDuty duty,
            TaskId task,
            WorkerPorts ports,
            StateSchema schema,
            @Nullable StateStore store,
            RestoreEvents events) {
        this.duty = duty;
        this.task = task;
        this.ports = ports;
        this.settings = duty.settings();
        this.schema = schema;
        this.store = store;
        this.events = events;
        this.ours = Pattern.compile(Pattern.quote(duty.group()) + "[-:][a-zA-Z0-9._-]+[-:][0-9]+")
                .asMatchPredicate();
    }

    /** The store, open since the first step that needed it. */
    StateStore store() {
        StateStore open = store;
        if (open == null) {
            throw new IllegalStateException("The store of task " + task + " is not open");
        }
        return open;
    }

    Map<String, TopicFacts> topics() {
        return topics;
    }

    /** One step; {@code now} in monotonic nanoseconds. */
    RestoreOutcome step(long now) {
        lastStep = now;
        if (now < retryAt) {
            return waiting();
        }
        return switch (stage) {
            case LOCATING -> locate(now);
            case PROBING -> probe(now);
            case READING -> read(now);
        };
    }

    /** Takes a committed record of this task's changelog partition. */
    void accept(long offset, byte[] record) {
        if (stage == Stage.PROBING) {
            hasSegment = true;
            return;
        }
        Replay running = replay;
        if (stage != Stage.READING || running == null) {
            return;
        }
        try {
            switch (running.accept(offset, record)) {
                case MORE -> {}
                case REACHED -> {
                    bytes += running.bytes();
                    replay = null;
                    ports.changelog().close(task.partition());
                }
                case OFF_CHAIN -> {
                    offChain = true;
                    backToLocating();
                }
            }
        } catch (StateCorrupted e) {
            if (running.storeFailed()) {
                storeDamaged(String.valueOf(e.getMessage()));
            } else {
                replayFailed(e.getMessage());
            }
        } catch (StorageFailed e) {
            // Nothing is wrong with the log; the same records are read again once the store can be written.
            retryAt = lastStep + settings.patience().toNanos();
            backToLocating();
        }
    }

    /** The local store cannot be used any more: the next step sets it aside. */
    void storeDamaged(String reason) {
        storeDamage = reason;
        backToLocating();
    }

    /** The broker cannot even hand the records out. */
    void unreadable(String message) {
        replayFailed(message);
    }

    /** Nobody has to look at a restore that only waits; of one that is held up somebody has to know. */
    private RestoreOutcome waiting() {
        Held why = held;
        return why == null ? new Waiting() : why;
    }

    private RestoreOutcome askAgain(String what, @Nullable String failure, long now) {
        retryAt = now + ASK_AGAIN.toNanos();
        return unanswered(what, failure, now);
    }

    private String committedQuestion() {
        return "the committed offsets of group " + duty.group()
                + ", or a transaction that is open for long holds them back";
    }

    private RestoreOutcome unanswered(String what, @Nullable String failure, long now) {
        if (now - unanswered.computeIfAbsent(what, question -> now) > HICCUP.toNanos()) {
            held = new Held("Task " + task + " cannot be restored: the cluster does not say " + what
                    + (failure == null ? "" : " (" + failure + ")")
                    + ". It goes on by itself once it does; check the cluster, and the application's rights to describe topics"
                    + " and groups.");
        }
        return waiting();
    }

    /** The answer to one question has come; another one may be waited for still. */
    private void answered(String what) {
        if (unanswered.remove(what) != null && unanswered.isEmpty()) {
            held = null;
        }
    }

    private void answered() {
        unanswered.clear();
        held = null;
        offsets = null;
        bounds = null;
    }

    /** Gives everything up; the store is closed. */
    void close() {
        try {
            closeReading();
        } finally {
            if (store != null) {
                store.close();
                store = null;
            }
        }
    }

    private RestoreOutcome locate(long now) {
        List<InputPartition> inputs = inputs();
        for (InputPartition input : inputs) {
            Optional<TopicFacts> facts = ports.source().facts(input.topic());
            if (facts.isEmpty()) {
                return askAgain(
                        "what topic " + input.topic() + " is",
                        ports.source().isMissing(input.topic())
                                ? "there is no such topic"
                                : ports.source().factsFailure(input.topic()),
                        now);
            }
            answered("what topic " + input.topic() + " is");
            topics.put(input.topic(), facts.get());
        }
        Map<InputPartition, CommittedOffset> committed = offsets;
        if (committed == null) {
            committed = ports.source().committed(inputs).orElse(null);
        }
        if (committed == null) {
            askAgain(committedQuestion(), null, now);
            return waitForOwner(now, -1);
        }
        offsets = committed;
        answered(committedQuestion());
        if (task.partition() >= duty.partitions()) {
            // added to the topic while we run: the changelog has no such partition to ask
            answered();
            RecoveryPlan plan = Recovery.plan(task, facts(inputs, committed, null, 0, 0));
            // what is known of the topic may be from before, and says nothing of this partition
            return plan instanceof RecoveryPlan.Refuse ? follow(plan, now) : new Waiting();
        }
        // asked after the offsets: what they point to is in the log by then
        Supplier<Optional<Bounds>> question = bounds;
        if (question == null) {
            question = ports.changelog().bounds(task.partition());
            bounds = question;
        }
        Optional<Bounds> log = question.get();
        if (log.isEmpty()) {
            return unanswered(
                    "where partition " + task.partition()
                            + " of the changelog begins and ends, which may have no leader",
                    null,
                    now);
        }
        answered();
        logStart = log.get().start();
        String damage = storeDamage;
        if (damage != null) {
            storeDamage = null;
            quarantine(damage);
        }
        if (store == null) {
            store = open(now);
        }
        if (store().position() == null && store().lastRow() != null) {
            discard(now);
        }
        if (committed.isEmpty() && hasSegment == null) {
            return startProbing(logStart, log.get().stable(), now);
        }
        waitingSince = -1;
        return follow(
                Recovery.plan(
                        task,
                        facts(inputs, committed, local(), logStart, log.get().end())),
                now);
    }

    /** Another worker of this process may hold the store and be stuck in the author's code: this one does not wait for ever. */
    private StateStore open(long now) {
        if (!ports.stores().isHeld(task)) {
            return ports.stores().open(task);
        }
        if (heldSince < 0) {
            heldSince = now;
        }
        if (now - heldSince < HELD_PATIENCE.toNanos()) {
            throw new StorageFailed("The store of task " + task + " is still open in another worker", null);
        }
        elsewhere = true;
        events.quarantined(task, "it is held by another worker that does not let go");
        return ports.stores().openElsewhere(task);
    }

    private @Nullable Local local() {
        StorePosition position = store().position();
        return position == null ? null : new Local(position.checkpoint(), position.changelogNext(), offChain);
    }

    private RecoveryFacts facts(
            List<InputPartition> inputs,
            Map<InputPartition, CommittedOffset> committed,
            @Nullable Local local,
            long start,
            long end) {
        List<RecoveryFacts.Input> facts = new ArrayList<>();
        for (InputPartition input : inputs) {
            TopicFacts topic = topics.get(input.topic());
            if (topic == null) {
                throw new IllegalStateException("Topic facts were gathered before");
            }
            facts.add(new RecoveryFacts.Input(input.topic(), topic, committed.get(input)));
        }
        boolean segments = hasSegment != null && hasSegment;
        return new RecoveryFacts(
                facts,
                settings.inputs().adopt().keySet(),
                duty.partitions(),
                local,
                new RecoveryFacts.Log(start, end, segments),
                failed);
    }

    private RestoreOutcome follow(RecoveryPlan plan, long now) {
        if (plan instanceof RecoveryPlan.StartNew) {
            return startNew(); // until it has its positions, nobody needs to look for segments again
        }
        hasSegment = null;
        if (plan instanceof RecoveryPlan.UseLocal local) {
            source = bytes > 0 ? source : RestoreSource.LOCAL;
            return ready(local.target(), local.positions());
        }
        if (plan instanceof RecoveryPlan.RollForward forward) {
            return startReading(forward.target(), forward.positions(), forward.from(), RestoreSource.ROLL_FORWARD, now);
        }
        if (plan instanceof RecoveryPlan.ReplayBase base) {
            if (base.stale()) {
                discard(now);
            } else if (!base.unusable().isEmpty()) {
                quarantine(base.unusable());
            }
            return startReading(base.target(), base.positions(), base.target().base(), RestoreSource.CHANGELOG, now);
        }
        if (plan instanceof RecoveryPlan.LookAgain again) {
            target = again.target();
            replayFailed(again.message());
            return new Waiting();
        }
        if (plan instanceof RecoveryPlan.Refuse refuse) {
            failed = null;
            return new Stopped(refuse.reason(), refuse.message(), refuse.advice());
        }
        throw new IllegalStateException("Unknown plan " + plan);
    }

    private RestoreOutcome startNew() {
        if (!ports.source().mayBegin()) {
            return new Stopped(
                    RecoveryPlan.Reason.NO_HISTORY,
                    "Task " + task + " is refused: it has no committed offset and no state, and the processor is told"
                            + " (start-from or auto.offset.reset: none) not to choose where to begin.",
                    "Set tidemark.processors." + task.processor()
                            + ".start-from to earliest, latest or by_duration:<duration> for its first start.");
        }
        Map<String, Position> positions = new HashMap<>();
        for (InputPartition input : inputs()) {
            Optional<Position> start = ports.source().startPosition(input);
            if (start.isEmpty()) {
                return new Waiting();
            }
            positions.put(input.topic(), start.get());
        }
        source = RestoreSource.NEW;
        return ready(null, Positions.of(positions));
    }

    private RestoreOutcome startProbing(long start, long end, long now) {
        stage = Stage.PROBING;
        probeEnd = end;
        waitingSince = now;
        ports.changelog().open(task.partition(), start);
        return new Waiting();
    }

    /**
     * Looks for any committed segment below the last stable offset, as it was after the offsets were asked for: aborted ones are no history,
     * and what was undecided then is of an owner the group does not let commit any more.
     */
    private RestoreOutcome probe(long now) {
        if (hasSegment == null) {
            if (ports.changelog().position(task.partition()) < probeEnd) {
                return new Waiting();
            }
            hasSegment = false;
        }
        ports.changelog().close(task.partition());
        stage = Stage.LOCATING;
        waitingSince = -1;
        return locate(now);
    }

    private RestoreOutcome startReading(
            CheckpointRef target, Positions positions, long from, RestoreSource source, long now) {
        this.target = target;
        this.targetPositions = positions;
        this.source = source;
        this.replay = new Replay(
                store(),
                target.id(),
                target.hash(),
                ports.codec(),
                settings.base().restoreBatchBytes());
        ports.changelog().open(task.partition(), from);
        stage = Stage.READING;
        waitingSince = now;
        waitingAt = -1;
        return new Waiting();
    }

    private RestoreOutcome read(long now) {
        CheckpointRef wanted = target;
        Positions positions = targetPositions;
        if (wanted == null || positions == null) {
            throw new IllegalStateException("Reading without a target");
        }
        if (replay == null) {
            return ready(wanted, positions);
        }
        long position = ports.changelog().position(task.partition());
        if (position >= wanted.end()) {
            replayFailed("its delta is not in the committed log before offset " + wanted.end());
            return new Waiting();
        }
        return waitForOwner(now, position);
    }

    private RestoreOutcome ready(@Nullable CheckpointRef at, Positions positions) {
        InputDifference inputs = schema.inputDifference(store());
        RecoveryPlan.Refuse refuse = refusal(inputs, positions);
        if (refuse != null) {
            backToLocating();
            return new Stopped(refuse.reason(), refuse.message(), refuse.advice());
        }
        Optional<Positions> all = withAdopted(inputs, positions);
        if (all.isEmpty()) {
            return new Waiting();
        }
        try {
            Reconciled schemas = schema.reconcile(task, store());
            stage = Stage.LOCATING;
            return new Ready(at, all.get(), base(at), inputs, schemas, source, bytes);
        } catch (IncompatibleState e) {
            backToLocating();
            return new Stopped(
                    RecoveryPlan.Reason.STATE_INCOMPATIBLE,
                    String.valueOf(e.getMessage()),
                    "Deploy a version that reads the stored state, or say with @State(migrate = ...) what becomes of it.");
        } catch (NewerState e) {
            backToLocating();
            return new TooOld(String.valueOf(e.getMessage()));
        }
    }

    private RecoveryPlan.@Nullable Refuse refusal(InputDifference inputs, Positions positions) {
        List<String> missing = new ArrayList<>(inputs.removed());
        missing.removeAll(settings.inputs().retire());
        if (!missing.isEmpty()) {
            return Recovery.inputsMissing(task, missing);
        }
        List<String> lost = new ArrayList<>(duty.definition().topics());
        lost.removeAll(positions.byTopic().keySet());
        lost.removeAll(inputs.added());
        return lost.isEmpty() ? null : Recovery.adoptedBefore(task, lost);
    }

    /** Positions in all inputs, once it is known where the adopted ones begin. */
    private Optional<Positions> withAdopted(InputDifference inputs, Positions positions) {
        Map<String, Position> all = new HashMap<>(positions.byTopic());
        for (String topic : inputs.added()) {
            if (!all.containsKey(topic)) {
                Optional<Position> start = ports.source().adoptedPosition(new InputPartition(topic, task.partition()));
                if (start.isEmpty()) {
                    return Optional.empty();
                }
                all.put(topic, start.get());
            }
        }
        return Optional.of(Positions.of(all));
    }

    /** A log that has lost its base gets a new one as soon as may be. */
    private BaseProgress base(@Nullable CheckpointRef at) {
        StorePosition position = store().position();
        if (at == null || position == null) {
            return BaseProgress.NONE;
        }
        BaseProgress stored = position.base();
        boolean underWay = stored.round() != null && stored.round().start() >= logStart;
        return at.base() < logStart && !underWay ? BaseProgress.lost() : stored;
    }

    /** Somebody else's transaction is in the way; once patience ends its owner, named in the newest record, is fenced. */
    private RestoreOutcome waitForOwner(long now, long position) {
        if (waitingSince < 0 || position != waitingAt) {
            waitingSince = now;
            waitingAt = position;
            if (position >= 0) {
                held = null; // it gets on
            }
        }
        boolean patient = now - waitingSince < settings.patience().toNanos();
        if (!patient && isBehindTheStart(position)) {
            replayFailed("records from changelog offset " + position + " on are gone");
            return new Waiting();
        }
        if (!patient && isHeldUp()) {
            Optional<String> owner = ports.changelog().newestOwner(task.partition());
            if (owner.isPresent() && !owner.get().equals(ports.log().transactionalId())) {
                fence(owner.get());
            }
            waitingSince = now;
        }
        return waiting();
    }

    /** The name comes from bytes nobody has committed: only an owner that can be one of this processor's is fenced. */
    private void fence(String owner) {
        if (!ours.test(owner)) {
            held = new Held(
                    "Task " + task + " cannot be restored: a transaction is open in its changelog, and the owner its"
                            + " record names is no worker of group " + duty.group()
                            + ". It goes on when that transaction ends; find out who else writes to the changelog.");
        } else if (ports.fencing().fence(owner)) {
            held = null;
            events.fenced(task, owner);
        } else {
            String failure = ports.fencing().failure(owner);
            if (failure != null) {
                held = new Held(
                        "Task " + task + " cannot be restored: the open transaction of its former owner " + owner
                                + " is in the way and could not be ended (" + failure
                                + "). It goes on when the broker ends it; the application needs the right to write to the transactional"
                                + " ids of its group.");
            }
        }
    }

    /** Whether an open transaction is in the way, rather than only more to read. */
    private boolean isHeldUp() {
        Optional<Long> stable = ports.changelog().stableEnd(task.partition());
        Optional<Long> end = ports.changelog().end(task.partition());
        return stable.isPresent() && end.isPresent() && stable.get() < end.get();
    }

    private boolean isBehindTheStart(long position) {
        Optional<Long> start =
                stage == Stage.READING ? ports.changelog().startOffset(task.partition()) : Optional.empty();
        return start.isPresent() && position >= 0 && position < start.get();
    }

    private void replayFailed(@Nullable String message) {
        CheckpointRef wanted = target;
        if (wanted != null) {
            FailedReplay before = failed;
            int attempts = before != null && before.target().equals(wanted) ? before.attempts() + 1 : 1;
            failed = new FailedReplay(wanted, String.valueOf(message), attempts);
        }
        retryAt = lastStep + settings.patience().toNanos();
        backToLocating();
    }

    private void quarantine(String reason) {
        if (store != null) {
            store.close();
            store = null;
        }
        ports.stores().quarantine(task, reason);
        events.quarantined(task, reason);
        store = ports.stores().open(task);
        offChain = false;
    }

    /** A restore that was interrupted has left rows without a checkpoint, or a task that was away for long has left a store too old to go on from. */
    private void discard(long now) {
        store().close();
        store = null;
        if (!elsewhere && !ports.stores().isHeld(task)) {
            ports.stores().discard(task);
        }
        store = open(now);
    }

    private void backToLocating() {
        answered();
        closeReading();
        replay = null;
        stage = Stage.LOCATING;
        waitingSince = -1;
    }

    private void closeReading() {
        if (stage != Stage.LOCATING) {
            ports.changelog().close(task.partition());
        }
    }

    private List<InputPartition> inputs() {
        return duty.definition().topics().stream()
                .sorted()
                .map(topic -> new InputPartition(topic, task.partition()))
                .toList();
    }
}
