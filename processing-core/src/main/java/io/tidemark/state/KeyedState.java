package io.tidemark.state;

import io.tidemark.api.StateAccess;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.StateKind;
import io.tidemark.api.ValueState;
import io.tidemark.error.TidemarkException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one task: live cells over pending deltas over the store. Confined to the task's thread.
 *
 * <p>The life of a change: a handler makes a cell dirty; {@link #keep} or {@link #undo} ends the record; {@link #drain} turns the dirty
 * cells into a delta; {@link #committed} makes that delta pending or {@link #discard} drops it; {@link #fold} writes what is pending to
 * the store.
 */
public final class KeyedState implements StateAccess {

    private final StateStore store;
    private final int cleanCellLimit;
    private final Map<String, ValueCells<?>> states = new LinkedHashMap<>();
    private final List<Cell<?>> dirty = new ArrayList<>();
    private final List<StateChange> extra = new ArrayList<>();
    private final UndoLog undo = new UndoLog();
    private final PendingDeltas pending = new PendingDeltas();
    private @Nullable Bytes currentKey;
    private long record;
    private int dirtyBefore;
    private @Nullable Thread owner;
    private @Nullable TidemarkException failure;
    private int averageChange = 64;

    /**
     * @param store the committed rows; read through, and written by {@link #fold} only
     * @param descriptors every state of the processor
     * @param cleanCellLimit how many clean cells may stay in memory as a read cache
     */
    public KeyedState(StateStore store, List<StateDescriptor<?>> descriptors, int cleanCellLimit) {
        this.store = store;
        this.cleanCellLimit = cleanCellLimit;
        descriptors.forEach(this::add);
    }

    private <T> void add(StateDescriptor<T> descriptor) {
        if (descriptor.kind() != StateKind.VALUE) {
            throw new IllegalArgumentException(
                    "State '" + descriptor.name() + "' has unknown kind " + descriptor.kind());
        }
        states.put(descriptor.name(), new ValueCells<>(descriptor, this));
    }

    @Override
    @SuppressWarnings("unchecked") // the descriptor is the one the cells were made of, which fixes their type
    public <T> ValueState<T> value(StateDescriptor<T> descriptor) {
        ValueCells<?> cells = states.get(descriptor.name());
        if (cells == null || !cells.descriptor().equals(descriptor)) {
            throw new IllegalArgumentException(
                    "State '" + descriptor.name() + "' is not declared; declared are " + states.keySet());
        }
        return (ValueState<T>) cells;
    }

    /** Starts a record of that key. */
    public void enter(byte[] key) {
        currentKey = Bytes.of(key);
        record++;
        dirtyBefore = dirty.size();
        owner = Thread.currentThread();
    }

    /** Ends the record; its changes stand. */
    public void keep() {
        undo.forget();
        currentKey = null;
    }

    /** Ends the record as if it had never been. */
    public void undo() {
        undo.undo();
        while (dirty.size() > dirtyBefore) {
            dirty.remove(dirty.size() - 1);
        }
        currentKey = null;
    }

    /** The storage failure the current record ran into, if any, whether or not the handler let it pass; asking clears it. */
    public @Nullable TidemarkException takeFailure() {
        TidemarkException seen = failure;
        failure = null;
        return seen;
    }

    public boolean isDirty() {
        return !dirty.isEmpty() || !extra.isEmpty();
    }

    /** What the next delta will hold, estimated without serializing anything. */
    public long estimatedDirtyBytes() {
        return (long) dirty.size() * averageChange;
    }

    /** Adds a change that belongs to no cell to the next delta, for example the schema of a state or the removal of a dropped one. */
    public void addChange(StateChange change) {
        extra.add(change);
    }

    /** Serializes the dirty cells. They stay dirty until the decision. */
    public Drained drain() {
        List<StateChange> changes = new ArrayList<>(extra.size() + dirty.size());
        changes.addAll(extra);
        long bytes = 0;
        for (Cell<?> cell : dirty) {
            StateChange change = changeOf(cell);
            bytes += change.sizeInBytes();
            changes.add(change);
        }
        if (!dirty.isEmpty()) {
            averageChange = (int) Math.min(Integer.MAX_VALUE, 1 + bytes / dirty.size());
        }
        return new Drained(changes, List.copyOf(dirty));
    }

    /** The drained delta is committed: it becomes pending. */
    public void committed(Drained drained, StorePosition position) {
        pending.add(drained, position);
        dirty.clear();
        extra.clear();
    }

    /** What is dirty never happened: every dirty cell falls back to its committed value. Added changes stay for the next delta. */
    public void discard() {
        undo.forget();
        currentKey = null;
        for (Cell<?> cell : dirty) {
            discard(cell);
        }
        dirty.clear();
    }

    public long pendingBytes() {
        return pending.sizeInBytes();
    }

    /** Writes what is pending to the store and trims the read cache. */
    public void fold() {
        if (!pending.isEmpty()) {
            pending.foldInto(store);
        }
        trim();
    }

    /** Keeps the read cache inside its limit. Only between records. */
    public void trim() {
        if (cellCount() > cleanCellLimit) {
            states.values().forEach(cells -> cells.evict(false));
            if (cellCount() > cleanCellLimit) {
                states.values().forEach(cells -> cells.evict(true));
            }
        }
    }

    /** Live cells, dirty and clean. */
    public int cellCount() {
        int count = 0;
        for (ValueCells<?> cells : states.values()) {
            count += cells.count();
        }
        return count;
    }

    StateReader store() {
        return store;
    }

    long currentRecord() {
        if (currentKey == null || owner != Thread.currentThread()) {
            throw new IllegalStateException(
                    "A state handle is valid only inside the handler call it was passed to, on that call's thread");
        }
        return record;
    }

    Bytes currentKey() {
        Bytes key = currentKey;
        if (key == null) {
            throw new IllegalStateException("No record is being processed");
        }
        return key;
    }

    TidemarkException failed(TidemarkException cause) {
        failure = cause;
        return cause;
    }

    <T> void changing(Cell<T> cell) {
        if (cell.changedBy != record) {
            undo.remember(cell);
            cell.changedBy = record;
        }
        if (!cell.dirty) {
            cell.dirty = true;
            dirty.add(cell);
        }
    }

    private static <T> StateChange changeOf(Cell<T> cell) {
        return cell.owner.changeOf(cell);
    }

    private static <T> void discard(Cell<T> cell) {
        cell.owner.discard(cell);
    }
}
