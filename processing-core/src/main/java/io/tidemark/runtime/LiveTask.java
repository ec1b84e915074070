package io.tidemark.runtime;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.changelog.EncodedSegment;
import io.tidemark.changelog.RollingBase;
import io.tidemark.changelog.SegmentCodec;
import io.tidemark.changelog.SegmentHeader;
import io.tidemark.changelog.SegmentKind;
import io.tidemark.checkpoint.CheckpointRef;
import io.tidemark.checkpoint.Pointer;
import io.tidemark.checkpoint.PointerCodec;
import io.tidemark.checkpoint.TransactionalLog;
import io.tidemark.checkpoint.TransactionalLog.Append;
import io.tidemark.checkpoint.TransactionalLog.OffsetWithPointer;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.error.StorageFailed;
import io.tidemark.state.Drained;
import io.tidemark.state.KeyedState;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateStore;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.BaseProgress.Round;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputTopics;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import io.tidemark.stream.TaskId;
import io.tidemark.stream.TopicFacts;
import io.tidemark.task.KeyedTask;
import io.tidemark.task.TaskStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A task that stands at a checkpoint and processes: its positions, its state, and its part of each checkpoint. */
final class LiveTask {

    private final KeyedTask task;
    private final StateStore store;
    private final Map<String, TopicFacts> topics;
    private final long schemaFingerprint;
    private final Map<String, Position> positions;
    private Positions committedPositions;
    private @Nullable CheckpointRef committed;
    private @Nullable Prepared prepared;
    private long recordsSinceCheckpoint;
    private boolean movedSilently;
    private boolean settling;
    private long lastFold;
    private long lagBytes;
    private BaseProgress base;
    private long trimBefore = -1;
    private boolean inputsChanged;

    /** A drained delta on its way through the transaction. */
    private record Prepared(
            CheckpointId id,
            Drained drained,
            Positions positions,
            long schemaFingerprint,
            EncodedSegment segment,
            Append append,
            @Nullable PreparedSlice slice) {}

    /**
     * The slice before it.
     *
     * @param start where its round began, or {@link Round#OPENING} when that is here
     * @param last whether its round ends with it
     * @param after the progress after it
     */
    private record PreparedSlice(long start, boolean last, BaseProgress after, long bytes, Append append) {

        long roundStart() {
            return start == Round.OPENING ? append.firstOffset() : start;
        }
    }

    /**
     * @param committed the checkpoint it stands at, or {@code null} for a new task that commits checkpoint 0 first
     * @param inputsChanged whether it has other inputs than at that checkpoint
     */
    LiveTask(
            ProcessorDefinition definition,
            TaskId id,
            StateStore store,
            KeyedState state,
            int maxOutputBytes,
            OutputTopics outputs,
            Map<String, TopicFacts> topics,
            long schemaFingerprint,
            Positions positions,
            @Nullable CheckpointRef committed,
            boolean inputsChanged,
            BaseProgress base,
            long now) {
        this.inputsChanged = inputsChanged;
        this.task = new KeyedTask(definition, id, state, maxOutputBytes, outputs);
        this.store = store;
        this.topics = Map.copyOf(topics);
        this.schemaFingerprint = schemaFingerprint;
        this.positions = new HashMap<>(positions.byTopic());
        this.committedPositions = positions;
        this.committed = committed;
        this.base = base;
        this.lastFold = now;
    }

    TaskId id() {
        return task.id();
    }

    KeyedState state() {
        return task.state();
    }

    StateStore store() {
        return store;
    }

    @Nullable
    CheckpointRef committed() {
        return committed;
    }

    /** Whether it may process records: checkpoint 0, and one that says that its inputs are others now, come before the first. */
    boolean isBorn() {
        return committed != null && !inputsChanged;
    }

    /** Whether the next checkpoint needs a delta of this task, if only a header. */
    boolean hasSomethingToSay() {
        return !isBorn() || recordsSinceCheckpoint > 0 || settling || state().isDirty();
    }

    /**
     * The next checkpoint commits its positions even if they moved over nothing but markers and aborted records: left where they are, they
     * would look lost once the input deletes what lies before them.
     *
     * @return whether there is such a move to commit
     */
    boolean settle() {
        settling = movedSilently || base.isLost();
        return settling;
    }

    /** Whether its log cannot restore it: the local store is the only copy until it has a base again. */
    boolean isBaseLost() {
        return base.isLost();
    }

    long recordsSinceCheckpoint() {
        return recordsSinceCheckpoint;
    }

    Position position(String topic) {
        Position position = positions.get(topic);
        if (position == null) {
            throw new IllegalStateException("Task " + id() + " does not read " + topic);
        }
        return position;
    }

    /** Processes a record and moves behind it. A record that fails leaves position and state alone. */
    TaskStep process(InputRecord record) {
        return task.process(record);
    }

    /** The records of a topic up to that offset are processed. */
    void moved(String topic, long nextOffset, int leaderEpoch, long records) {
        positions.put(topic, new Position(nextOffset, leaderEpoch));
        recordsSinceCheckpoint += records;
    }

    /** Moves over markers and aborted records, which are no work of their own. */
    void skipTo(String topic, Position next) {
        if (next.offset() > position(topic).offset()) {
            positions.put(topic, next);
            movedSilently = true;
        }
    }

    /** Drains what is dirty into a delta and appends it to the open transaction, behind a slice of the next base if one is due. */
    void prepare(TransactionalLog log, SegmentCodec codec, RollingBase rolling, UUID attempt) {
        CheckpointRef parent = committed;
        CheckpointId parentId = parent == null ? null : parent.id();
        CheckpointId id = CheckpointId.after(parentId, attempt);
        Positions now = Positions.of(positions);
        Drained drained = drain(id);
        long fingerprint = parent == null || drained.describesStates() ? schemaFingerprint : parent.schemaFingerprint();
        PreparedSlice slice = parentId == null
                ? null
                : appendSlice(log, codec, rolling, id, parentId, now, fingerprint, RollingBase.cost(drained.changes()));
        SegmentHeader header = new SegmentHeader(
                SegmentKind.DELTA,
                id,
                parentId,
                now,
                fingerprint,
                log.transactionalId(),
                slice == null ? base : slice.after(),
                null);
        EncodedSegment segment = encode(codec, header, drained.changes());
        prepared = new Prepared(
                id, drained, now, fingerprint, segment, log.append(id().partition(), segment.chunks()), slice);
    }

    private @Nullable PreparedSlice appendSlice(
            TransactionalLog log,
            SegmentCodec codec,
            RollingBase rolling,
            CheckpointId id,
            CheckpointId parentId,
            Positions now,
            long fingerprint,
            long deltaBytes) {
        RollingBase.Slice slice = nextSlice(rolling, deltaBytes);
        if (slice == null) {
            return null;
        }
        SegmentHeader header = new SegmentHeader(
                SegmentKind.BASE_SLICE, id, parentId, now, fingerprint, log.transactionalId(), base, slice.stretch());
        EncodedSegment segment = encode(codec, header, slice.rows());
        long bytes = segment.sizeInBytes();
        Round round = slice.round();
        // what was left out belongs to the base as well, and is about half as large once it is compressed
        long slices = round.sliceBytes() + bytes + slice.leftOut() / 2;
        boolean last = slice.stretch().last();
        BaseProgress after = last
                ? new BaseProgress(round.logBytes() + bytes, slices, null)
                : new BaseProgress(
                        base.logBytes() + bytes,
                        base.baseBytes(),
                        new Round(round.start(), round.cursor(), round.end(), slices, round.logBytes() + bytes));
        Append append = log.append(id().partition(), segment.chunks());
        return new PreparedSlice(round.start(), last, after, bytes, append);
    }

    /** A store that cannot be read now costs a slice, not the checkpoint. */
    private RollingBase.@Nullable Slice nextSlice(RollingBase rolling, long deltaBytes) {
        try {
            return rolling.next(store, state(), base, deltaBytes);
        } catch (StorageFailed e) {
            return null;
        }
    }

    private EncodedSegment encode(SegmentCodec codec, SegmentHeader header, List<StateChange> changes) {
        try {
            return codec.encode(header, changes);
        } catch (IllegalArgumentException e) {
            throw new ProcessorFailed("Task " + id() + " at " + positions + ": " + e.getMessage(), null);
        }
    }

    private Drained drain(CheckpointId id) {
        try {
            return state().drain(id);
        } catch (ProcessorFailed e) {
            // whichever record set it comes again: then each is looked at before it counts
            state().verifyNext(4 * recordsSinceCheckpoint + 100);
            throw new ProcessorFailed("Task " + task.id() + " at " + positions + ": " + e.getMessage(), e.getCause());
        }
    }

    boolean isPrepared() {
        return prepared != null;
    }

    long preparedBytes() {
        if (prepared == null) {
            return 0;
        }
        long slice = prepared.slice() == null ? 0 : prepared.slice().bytes();
        return slice + prepared.segment().sizeInBytes();
    }

    /** The pointers of the prepared checkpoint, one for every input, moved or not. */
    void addPointers(Map<InputPartition, OffsetWithPointer> offsets) {
        Prepared now = prepared();
        CheckpointRef ref = ref(now);
        topics.forEach((topic, facts) -> {
            Position position = now.positions().in(topic);
            Pointer pointer = new Pointer(ref, position.offset(), facts.id(), facts.partitionCount());
            offsets.put(
                    new InputPartition(topic, id().partition()),
                    new OffsetWithPointer(position, PointerCodec.encode(pointer)));
        });
    }

    /** The prepared checkpoint is decided. */
    CheckpointId decided() {
        Prepared now = prepared();
        CheckpointRef ref = ref(now);
        PreparedSlice slice = now.slice();
        lagBytes += preparedBytes();
        BaseProgress after = slice == null ? base : slice.after().startedAt(slice.roundStart());
        base = after.plus(now.segment().sizeInBytes());
        state().committed(now.drained(), new StorePosition(now.id(), ref.end(), base));
        CheckpointRef parent = committed;
        if (parent != null && slice != null && slice.start() == Round.OPENING) {
            // the base was committed half a round ago: stores that lag less than that still roll forward
            trimBefore = parent.base();
        }
        committed = ref;
        inputsChanged = false;
        committedPositions = now.positions();
        startAfresh();
        return now.id();
    }

    /** Offset before which nothing in the changelog is needed any more, or -1 when nothing new may go; asking clears it. */
    long takeTrim() {
        long before = trimBefore;
        trimBefore = -1;
        return before;
    }

    /** Nothing since the committed checkpoint happened. */
    void rewind() {
        state().discard();
        positions.clear();
        positions.putAll(committedPositions.byTopic());
        startAfresh();
    }

    private void startAfresh() {
        recordsSinceCheckpoint = 0;
        movedSilently = false;
        settling = false;
        prepared = null;
    }

    /** What an input topic was when the task was restored. */
    TopicFacts topic(String name) {
        TopicFacts facts = topics.get(name);
        if (facts == null) {
            throw new IllegalStateException("Task " + id() + " does not read " + name);
        }
        return facts;
    }

    /** Offset behind which nothing of a topic is committed. */
    Positions committedPositions() {
        return committedPositions;
    }

    long committedPosition(String topic) {
        return committedPositions.in(topic).offset();
    }

    /**
     * Whether what is committed waited long enough for the store.
     *
     * @param most changelog bytes that the store may lag behind
     */
    boolean foldIsDue(Duration interval, long most, long now) {
        return state().isPending() && (lagBytes > most || now - lastFold >= interval.toNanos());
    }

    void fold(long now) {
        lastFold = now;
        lagBytes = 0;
        state().fold();
    }

    /** Processes nothing more: what the author's handler was bound with is released. The store is somebody else's to close. */
    void release() {
        try {
            task.close();
        } catch (RuntimeException ignored) {
            // A deserializer that cannot be closed holds nothing of ours.
        }
    }

    private CheckpointRef ref(Prepared now) {
        CheckpointRef parent = committed;
        PreparedSlice slice = now.slice();
        long roundStart = slice == null ? -1 : slice.roundStart(); // asked for here: afterwards it is too late to fail
        long from = parent == null ? now.append().firstOffset() : parent.base();
        if (slice != null && slice.last()) {
            from = roundStart;
        }
        int generation = 0;
        List<Long> older = List.of();
        if (parent != null) {
            generation = parent.schemaGeneration();
            older = parent.olderSchemas();
            if (parent.schemaFingerprint() != now.schemaFingerprint()) {
                generation++;
                older = olderSchemas(parent);
            }
        }
        return new CheckpointRef(
                now.id(),
                now.segment().hash(),
                from,
                now.append().lastOffset() + 1,
                now.schemaFingerprint(),
                generation,
                older);
    }

    private static List<Long> olderSchemas(CheckpointRef parent) {
        List<Long> older = new ArrayList<>();
        older.add(parent.schemaFingerprint());
        older.addAll(parent.olderSchemas());
        return older.subList(0, Math.min(older.size(), CheckpointRef.MAX_OLDER_SCHEMAS));
    }

    private Prepared prepared() {
        Prepared now = prepared;
        if (now == null) {
            throw new IllegalStateException("Task " + id() + " has no prepared checkpoint");
        }
        return now;
    }
}
