package io.tidemark.state;

import io.tidemark.api.StateAccess;
import io.tidemark.api.StateDescriptor;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.error.TidemarkException;
import io.tidemark.stream.CheckpointId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one task: live cells over pending changes over the store. Confined to the task's thread.
 *
 * <p>The life of a change: a handler makes a cell dirty; {@link #keep} or {@link #undo} ends the record; {@link #drain} turns the dirty
 * cells into a delta; {@link #committed} makes that delta pending or {@link #discard} drops it; {@link #fold} writes what is pending to
 * the store.
 */
public final class KeyedState implements StateAccess {

    private static final int SAMPLES = 8;

    /** About what a cell takes without its value, its key and its place in the map included. */
    private static final long CELL_BYTES = 160;

    private static final long LIVE_FACTOR = 3;

    /** As many cells as memory answers for at once, and a few more. */
    private static final int AHEAD = 16;

    private final StateStore store;
    private long cacheBytes;
    private final Map<String, Cells> states = new LinkedHashMap<>();
    private final Cells[] all;

    /** Maps that were cleared: drained before the entries that were put into them since. */
    private final List<MapOfKey<?, ?>> cleared = new ArrayList<>();

    private final List<Cell> dirty = new ArrayList<>();
    private final List<StateChange> extra = new ArrayList<>();
    private final UndoLog undo = new UndoLog();
    private final PendingChanges pending = new PendingChanges();
    private byte @Nullable [] currentKey;
    private int currentHash;
    private @Nullable Bytes wrappedKey;
    private long record;
    private int dirtyBefore;
    private int clearedBefore;
    private long dirtyRows;
    private long dirtyRowsBefore;
    private final List<RowCursor> open = new ArrayList<>();
    private boolean verifies;
    private long verifiesLeft;
    private @Nullable ValueWatch watch;
    private @Nullable Thread owner;
    private @Nullable TidemarkException failure;
    private int averageChange = 64;
    private int loadedBytes;
    private long rowBytes;
    private boolean overfull;
    private long nextSample = 1;

    /** Written, so that looking is not left out as useless. */
    @SuppressWarnings("UnusedVariable")
    private int near;

    /**
     * @param store the committed rows; read through, and written by {@link #fold} only
     * @param descriptors every state of the processor
     * @param cacheBytes about what live values may take that the store could answer for
     */
    public KeyedState(StateStore store, List<StateDescriptor<?>> descriptors, long cacheBytes) {
        this.store = store;
        this.cacheBytes = cacheBytes;
        descriptors.forEach(this::add);
        this.all = states.values().toArray(new Cells[0]);
    }

    private void add(StateDescriptor<?> descriptor) {
        states.put(descriptor.name(), cellsOf(descriptor));
    }

    private Cells cellsOf(StateDescriptor<?> descriptor) {
        if (descriptor instanceof StateDescriptor.OfValue<?> value) {
            return new ValueCells<>(value, this);
        }
        if (descriptor instanceof StateDescriptor.OfList<?> list) {
            return new ListCells<>(list, this);
        }
        if (descriptor instanceof StateDescriptor.OfMap<?, ?> map) {
            return new MapCells<>(map, this);
        }
        throw new IllegalArgumentException("State '" + descriptor.name() + "' is of no known kind");
    }

    @Override
    @SuppressWarnings("unchecked") // a definition declares each name once, which fixes the handle's type
    public <H> H state(StateDescriptor<H> descriptor) {
        Cells cells = states.get(descriptor.name());
        // the codec may be another: it is bound to what the store was written with
        if (cells == null || cells.descriptor().kind() != descriptor.kind()) {
            throw new IllegalArgumentException(
                    "State '" + descriptor.name() + "' is not declared; declared are " + states.keySet());
        }
        return (H) cells;
    }

    /**
     * Looks at what is live under keys that are coming. Looked up one after the other, each of a million keys waits for memory by
     * itself; here they wait together, since none depends on another.
     */
    public void comeCloser(byte[][] keys, int count) {
        for (Cells cells : all) {
            cells.comeCloser(keys, count);
        }
    }

    /** Starts a record of that key. */
    public void enter(byte[] key) {
        currentKey = key;
        currentHash = KeyTable.hash(key);
        wrappedKey = null;
        record++;
        dirtyBefore = dirty.size();
        clearedBefore = cleared.size();
        dirtyRowsBefore = dirtyRows;
        owner = Thread.currentThread();
    }

    /** Ends the record; its changes stand. */
    public void keep() {
        undo.forget();
        leave();
    }

    /** Ends the record as if it had never been. */
    public void undo() {
        undo.undo();
        dirty.subList(dirtyBefore, dirty.size()).clear();
        List<MapOfKey<?, ?>> revealed = cleared.subList(clearedBefore, cleared.size());
        revealed.forEach(MapOfKey::reveal);
        revealed.clear();
        dirtyRows = dirtyRowsBefore;
        leave();
    }

    private void leave() {
        currentKey = null;
        wrappedKey = null;
        if (!open.isEmpty()) {
            open.forEach(RowCursor::close);
            open.clear();
        }
    }

    /** The storage failure the current record ran into, if any, whether or not the handler let it pass; asking clears it. */
    public @Nullable TidemarkException takeFailure() {
        TidemarkException seen = failure;
        failure = null;
        return seen;
    }

    public boolean isDirty() {
        return !dirty.isEmpty() || !cleared.isEmpty() || !extra.isEmpty();
    }

    /**
     * What the next delta will hold, estimated by looking at a few of the dirty rows each time their number has doubled. Only between
     * records.
     */
    public long estimatedDirtyBytes() {
        if (dirtyRows >= nextSample && !dirty.isEmpty()) {
            nextSample = 2 * dirtyRows;
            sample();
        }
        return dirtyRows * averageChange;
    }

    private void sample() {
        int step = Math.max(1, dirty.size() / SAMPLES);
        long bytes = 0;
        int count = 0;
        try {
            for (int i = dirty.size() - 1; i >= 0; i -= step) {
                bytes += dirty.get(i).sampleRowBytes();
                count++;
            }
            averageChange = (int) Math.min(Integer.MAX_VALUE, 1 + bytes / count);
        } catch (ProcessorFailed e) {
            // A value that cannot be written is the next drain's to tell.
            averageChange = Math.max(averageChange, RowCell.OVERHEAD);
        }
    }

    /** What is stored about a state together with the first value that is written to it from now on. */
    public void describeOnFirstWrite(String name, List<StateChange> description) {
        Cells cells = states.get(name);
        if (cells == null) {
            throw new IllegalArgumentException("State '" + name + "' is not declared");
        }
        cells.description = List.copyOf(description);
    }

    /** From now on every value that a record sets, or only looks at, is written and read again at its end. Slow; for debugging. */
    public void verifyEveryWrite() {
        watch = new ValueWatch();
        verifies = true;
    }

    /**
     * The same for what the next records set: a value could not be written, nobody knows whose it is, and the record comes again among those of
     * the attempt that failed; as often as it is tried.
     *
     * @param records how many
     */
    public void verifyNext(long records) {
        verifies = true;
        verifiesLeft = Math.max(verifiesLeft, records);
    }

    /**
     * Looks at what the record has changed, if that is asked for.
     *
     * @throws ProcessorFailed when something of it would not come back as it is, or was changed in place
     */
    public void verify() {
        if (verifies) {
            verifies = watch != null || --verifiesLeft > 0;
            for (Cell cell : undo.cells()) {
                String problem = cell.problem();
                if (problem != null) {
                    throw failed(cell.owner().unstorable(problem));
                }
            }
            ValueWatch now = watch;
            Cell changed = now == null ? null : now.changedInPlace();
            if (changed != null) {
                throw failed(changed.owner()
                        .unstorable("it was changed in place after it was set or read; set a new value instead"));
            }
        }
    }

    /** A record is about to set a value. */
    <T> void setting(RowCell<T> cell, @Nullable T value) {
        ValueWatch now = watch;
        if (now != null) {
            now.changing(cell, value);
        }
    }

    /** A record has set a value. */
    void set(RowCell<?> cell) {
        ValueWatch now = watch;
        if (now != null) {
            now.changed(cell);
        }
    }

    /** A cell is not among the live ones any more. */
    void gone(RowCell<?> cell) {
        ValueWatch now = watch;
        if (now != null) {
            now.gone(cell);
        }
    }

    /** A record looks at a value. */
    void looked(RowCell<?> cell) {
        ValueWatch now = watch;
        if (now != null) {
            now.looked(cell);
        }
    }

    /** Adds a change that belongs to no cell to the next delta, for example the schema of a state or the removal of a dropped one. */
    public void addChange(StateChange change) {
        extra.add(change);
    }

    /**
     * Serializes the dirty cells. They stay dirty until the decision.
     *
     * @param id the checkpoint the changes are for
     */
    public Drained drain(CheckpointId id) {
        List<StateChange> changes = new ArrayList<>(extra.size() + dirty.size());
        changes.addAll(extra);
        List<Cells> described = describe(changes);
        int maps = cleared.size();
        Cell[] cells = new Cell[maps + dirty.size()];
        int[] starts = new int[cells.length];
        for (int i = 0; i < starts.length; i++) {
            Cell cell = i < maps ? cleared.get(i) : dirty.get(i - maps);
            cells[i] = cell;
            if (i % AHEAD == 0) {
                comeCloser(i + AHEAD - maps);
            }
            starts[i] = changes.size();
            cell.drainTo(changes, id);
        }
        return new Drained(changes, cells, starts, described);
    }

    /** Appends what is to be stored about states of which a first value is among the dirty cells. */
    private List<Cells> describe(List<StateChange> changes) {
        List<Cells> described = new ArrayList<>();
        int waiting = 0;
        for (Cells cells : all) {
            waiting += cells.description.isEmpty() ? 0 : 1;
        }
        for (int i = 0; i < dirty.size() && described.size() < waiting; i++) {
            Cell cell = dirty.get(i);
            Cells owner = cell.owner();
            if (!owner.description.isEmpty() && !described.contains(owner) && cell.puts()) {
                changes.addAll(owner.description);
                described.add(owner);
            }
        }
        return described;
    }

    private void comeCloser(int from) {
        int seen = 0;
        for (int i = Math.max(0, from); i < Math.min(dirty.size(), from + AHEAD); i++) {
            seen += dirty.get(i).comeCloser();
        }
        near = seen;
    }

    /** The drained delta is committed: it becomes pending. */
    public void committed(Drained drained, StorePosition position) {
        pending.add(drained, position);
        extra.clear();
        drained.described().forEach(cells -> cells.description = List.of());
        startAfresh();
    }

    /** What is dirty never happened: every dirty cell falls back to its committed value. Added changes stay for the next delta. */
    public void discard() {
        undo.forget();
        leave();
        // entries first: a map that was cleared then drops what it answered while it was
        dirty.forEach(Cell::discard);
        cleared.forEach(Cell::discard);
        states.values().forEach(Cells::forgetCurrent);
        startAfresh();
    }

    private void startAfresh() {
        dirty.clear();
        cleared.clear();
        dirtyRows = 0;
        nextSample = 1;
    }

    public long pendingBytes() {
        return pending.sizeInBytes();
    }

    /** Whether a checkpoint is committed that the store does not hold yet, if only its position. */
    public boolean isPending() {
        return !pending.isEmpty();
    }

    /** Whether something is pending that belongs to no cell. */
    public boolean isPendingWithoutCell() {
        return pending.isWithoutCell();
    }

    /**
     * Whether the store's version of a row is out of date: something committed that is not in the store yet replaces or removes it. Knows
     * nothing of changes that belong to no cell.
     */
    public boolean isPending(byte[] row) {
        for (Cells cells : all) {
            if (cells.owns(row)) {
                return cells.isPending(Bytes.of(RowKey.keyOf(row)), RowKey.subKeyOf(row));
            }
        }
        return false;
    }

    /** Writes what is pending to the store and trims the read cache. */
    public void fold() {
        if (!pending.isEmpty()) {
            pending.foldInto(store);
        }
        trim();
    }

    /**
     * Keeps the read cache inside a new limit, by a guess of what a live value takes: a few times its bytes in the store. Only between
     * records.
     */
    public void trim(long bytes) {
        cacheBytes = bytes;
        trim();
    }

    /** Keeps the read cache inside its limit. Only between records. */
    public void trim() {
        if (liveBytes() > cacheBytes) {
            overfull = true;
            // as the hand of a clock: who was used since it came by last is passed over once
            for (int lap = 0; lap < 2 && isOverfull(); lap++) {
                states.values().forEach(Cells::evict);
            }
            overfull = false;
        }
    }

    /** Whether more live values have to go: down to a fifth below the limit, so that it is not done again for the next few records. */
    boolean isOverfull() {
        overfull = overfull && liveBytes() > cacheBytes / 5 * 4;
        return overfull;
    }

    /** Live cells, dirty and clean. */
    public int cellCount() {
        int count = 0;
        for (Cells cells : states.values()) {
            count += cells.count();
        }
        return count;
    }

    private long liveBytes() {
        return cellCount() * CELL_BYTES + LIVE_FACTOR * rowBytes;
    }

    /** A live value's committed row is larger by that than was known. */
    void weighed(int more) {
        rowBytes += more;
    }

    /** Bytes of the row that was loaded last. */
    int loadedBytes() {
        return loadedBytes;
    }

    /** The stored value of a row, or {@code null}. */
    <T> @Nullable T load(byte[] row, CheckedCodec<T> codec) {
        try {
            byte[] stored = store.get(row);
            loadedBytes = stored == null ? 0 : stored.length;
            return stored == null ? null : codec.decode(stored);
        } catch (TidemarkException e) {
            throw failed(e);
        }
    }

    /** Stored rows, until {@link #closed} or the end of the record. */
    RowCursor scan(byte[] prefix) {
        try {
            RowCursor rows = store.scan(prefix);
            open.add(rows);
            return rows;
        } catch (TidemarkException e) {
            throw failed(e);
        }
    }

    void closed(RowCursor rows) {
        open.remove(rows);
        rows.close();
    }

    long currentRecord() {
        if (currentKey == null || owner != Thread.currentThread()) {
            throw new IllegalStateException(
                    "A state handle is valid only inside the handler call it was passed to, on that call's thread");
        }
        return record;
    }

    /** Whether an iterator made in that record may still be used. */
    void requireRecord(long made) {
        if (currentRecord() != made) {
            throw new IllegalStateException(
                    "An iterator over state is valid only inside the handler call it was made in");
        }
    }

    byte[] currentKeyBytes() {
        byte[] key = currentKey;
        if (key == null) {
            throw new IllegalStateException("No record is being processed");
        }
        return key;
    }

    /** Hash of the current key, for a {@link KeyTable}. */
    int currentHash() {
        return currentHash;
    }

    Bytes currentKey() {
        Bytes key = wrappedKey;
        if (key == null) {
            key = Bytes.of(currentKeyBytes(), currentHash);
            wrappedKey = key;
        }
        return key;
    }

    /** Remembers a failure of the store or of stored bytes: the author's code may swallow it; the task must not. */
    TidemarkException failed(TidemarkException cause) {
        failure = cause;
        return cause;
    }

    /** A cell is about to change. */
    void changing(Cell cell) {
        rememberOnce(cell);
        if (!cell.dirty) {
            cell.dirty = true;
            dirty.add(cell);
            dirtyRows++;
        }
    }

    /** A map is about to be cleared. */
    void clearing(MapOfKey<?, ?> map) {
        rememberOnce(map);
        if (!map.dirty) {
            map.dirty = true;
            cleared.add(map);
            dirtyRows++;
        }
    }

    private void rememberOnce(Cell cell) {
        if (cell.changedBy != record) {
            undo.remember(cell);
            cell.changedBy = record;
        }
    }

    /** A dirty cell grows by rows of its own. */
    void grows(int rows) {
        dirtyRows += rows;
    }
}
