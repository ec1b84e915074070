package io.tidemark.state;

import io.tidemark.api.ListState;
import io.tidemark.api.StateDescriptor;
import io.tidemark.error.TidemarkException;
import io.tidemark.stream.CheckpointId;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The lists of one list state. A cell holds only what the store does not have yet: the elements that were added, and whether the list was
 * cleared before them. Nothing is read to append. A list that is bounded knows the places of all its elements besides: they are read once,
 * and the oldest go one by one.
 *
 * <p>The sub-key of an element is {@code lineage (4) | checkpoint number (8) | place within the checkpoint (4)}: it grows with every
 * append without anybody knowing how long the list is, over restarts and rewinds as well.
 */
final class ListCells<T> extends Cells implements ListState<T> {

    private final CheckedCodec<T> codec;
    private final Map<Bytes, ListCell> cells = new HashMap<>();
    private @Nullable ListCell current;
    private long currentRecord = -1;
    private int placesKnown;

    /** About how many places take as much memory as a cell. */
    private static final int PLACES_PER_CELL = 4;

    ListCells(StateDescriptor.OfList<T> descriptor, KeyedState state) {
        super(RowKind.LIST, descriptor, state);
        this.codec = new CheckedCodec<>(descriptor.name(), descriptor.codec());
    }

    @Override
    public void add(T element) {
        requireValue(element);
        prove(codec, element);
        ListCell cell = cell();
        state.changing(cell);
        state.grows(1);
        cell.added.add(element);
    }

    @Override
    public void addBounded(int most, T element) {
        if (most < 1) {
            throw new IllegalArgumentException("A list bounded to " + most + " elements holds none");
        }
        requireValue(element);
        prove(codec, element);
        ListCell cell = cell();
        int over = cell.size() + 1 - most;
        state.changing(cell);
        state.grows(1);
        cell.added.add(element);
        for (int i = 0; i < over; i++) {
            state.grows(cell.dropOldest());
        }
    }

    @Override
    public void clear() {
        ListCell cell = cell();
        state.changing(cell);
        cell.cleared = true;
        cell.addedFrom = 0;
        // a new list, because undo goes back to the old one
        cell.added = new ArrayList<>();
    }

    @Override
    public Iterator<T> iterator() {
        return new Elements(cell());
    }

    @Override
    public boolean isEmpty() {
        Elements elements = new Elements(cell());
        boolean empty = !elements.hasNext();
        elements.close();
        return empty;
    }

    @Override
    int count() {
        return cells.size() + placesKnown / PLACES_PER_CELL;
    }

    /** A cell without anything dirty or pending says nothing the store does not know. */
    @Override
    void evict() {
        cells.values().removeIf(cell -> {
            boolean goes = !cell.dirty && !cell.pending;
            if (goes) {
                cell.forgetPlaces();
            }
            return goes;
        });
        forgetCurrent();
    }

    /** Elements are only ever added, cleared, and let go of from the oldest on. */
    @Override
    boolean isPending(Bytes key, byte[] subKey) {
        ListCell cell = cells.get(key);
        if (cell == null) {
            return false;
        }
        byte[] gone = cell.goneUpTo;
        return cell.storeCleared || (gone != null && Arrays.compareUnsigned(subKey, gone) <= 0);
    }

    @Override
    void forgetCurrent() {
        current = null;
    }

    private ListCell cell() {
        long record = state.currentRecord();
        ListCell known = current;
        if (known != null && currentRecord == record) {
            return known;
        }
        ListCell cell = cells.computeIfAbsent(state.currentKey(), ListCell::new);
        current = cell;
        currentRecord = record;
        return cell;
    }

    /** Shows no element: handles end up in the author's logs. */
    @Override
    public String toString() {
        return "ListState(" + name() + ")";
    }

    private final class ListCell extends Cell {

        private static final int SUB_KEY = Integer.BYTES + Long.BYTES + Integer.BYTES;

        private final Bytes key;

        /** Whether everything committed is gone. */
        boolean cleared;

        List<T> added = new ArrayList<>();

        /** Where in {@link #added} those begin that were not let go of. */
        int addedFrom;

        /** How many of what is committed, from the oldest on, were let go of. */
        int dropped;

        /** Sub-keys of all that is committed, in order; {@code null} while nobody needs them. */
        private @Nullable ArrayDeque<byte[]> places;

        /** How many of what the store holds and of {@link #pendingElements}, from the oldest on, are gone by what is committed. */
        int pendingGone;

        /** The sub-key of the last of them. */
        byte @Nullable [] goneUpTo;

        final List<T> pendingElements = new ArrayList<>();
        private final List<StateChange> pendingRows = new ArrayList<>();
        private long pendingBytes;

        /** Whether everything in the store is gone, as of what is pending. */
        boolean storeCleared;

        private boolean clearedBefore;
        private List<T> addedBefore = added;
        private int sizeBefore;
        private int addedFromBefore;
        private int droppedBefore;

        ListCell(Bytes key) {
            this.key = key;
        }

        @Override
        Cells owner() {
            return ListCells.this;
        }

        /** Live elements; reads where the committed ones are unless that is known. */
        int size() {
            int fresh = added.size() - addedFrom;
            return cleared ? fresh : places().size() - dropped + fresh;
        }

        private ArrayDeque<byte[]> places() {
            ArrayDeque<byte[]> known = places;
            if (known == null) {
                known = read();
                places = known;
                placesKnown += known.size();
            }
            return known;
        }

        private ArrayDeque<byte[]> read() {
            ArrayDeque<byte[]> found = new ArrayDeque<>();
            if (!storeCleared) {
                RowCursor stored = state.scan(prefix());
                try {
                    while (stored.advance()) {
                        found.add(RowKey.subKeyOf(stored.row()));
                    }
                } catch (TidemarkException e) {
                    throw state.failed(e);
                } finally {
                    state.closed(stored);
                }
            }
            for (StateChange change : pendingRows) {
                if (change.kind() == StateChange.Kind.PUT) {
                    found.add(RowKey.subKeyOf(change.row()));
                }
            }
            for (int i = 0; i < pendingGone; i++) {
                found.removeFirst();
            }
            return found;
        }

        /**
         * Lets go of the oldest element.
         *
         * @return how many rows more that makes to write
         */
        int dropOldest() {
            if (!cleared && dropped < places().size()) {
                dropped++;
                return 1;
            }
            addedFrom++;
            return -1;
        }

        private void setPlaces(@Nullable ArrayDeque<byte[]> now) {
            ArrayDeque<byte[]> before = places;
            placesKnown += (now == null ? 0 : now.size()) - (before == null ? 0 : before.size());
            places = now;
        }

        void forgetPlaces() {
            setPlaces(null);
        }

        @Override
        boolean puts() {
            return added.size() > addedFrom;
        }

        @Override
        @Nullable
        String problem() {
            int known = added == addedBefore ? sizeBefore : 0;
            for (T element : added.subList(Math.max(known, addedFrom), added.size())) {
                String problem = codec.problemWith(element);
                if (problem != null) {
                    return problem;
                }
            }
            return null;
        }

        @Override
        void remember() {
            super.remember();
            clearedBefore = cleared;
            addedBefore = added;
            sizeBefore = added.size();
            addedFromBefore = addedFrom;
            droppedBefore = dropped;
        }

        /** A bounded list of a key that is busy between two checkpoints holds on to no more than its elements. */
        @Override
        void forgetBefore() {
            if (addedFrom > added.size() / 2) {
                added.subList(0, addedFrom).clear();
                addedFrom = 0;
            }
        }

        @Override
        void undo() {
            super.undo();
            cleared = clearedBefore;
            added = addedBefore;
            added.subList(sizeBefore, added.size()).clear();
            addedFrom = addedFromBefore;
            dropped = droppedBefore;
        }

        @Override
        void drainTo(List<StateChange> changes, CheckpointId id) {
            byte[] prefix = prefix();
            if (cleared) {
                changes.add(StateChange.deletePrefix(prefix));
            } else if (dropped > 0) {
                Iterator<byte[]> oldest = places().iterator();
                for (int i = 0; i < dropped; i++) {
                    changes.add(StateChange.delete(RowKey.under(rows, key.array(), oldest.next())));
                }
            }
            for (int i = addedFrom; i < added.size(); i++) {
                byte[] row = ByteBuffer.allocate(prefix.length + SUB_KEY)
                        .put(prefix)
                        .putInt(id.lineage())
                        .putLong(id.number())
                        .putInt(i)
                        .array();
                changes.add(StateChange.put(row, codec.encodeToCommit(added.get(i))));
            }
        }

        @Override
        int sampleRowBytes() {
            return RowCell.OVERHEAD + (!puts() ? 0 : codec.encode(added.get(added.size() - 1)).length);
        }

        @Override
        void committed(List<StateChange> changes, int from, int to) {
            super.committed(changes, from, to);
            if (cleared) {
                forgetPending();
                storeCleared = true;
                if (places != null) {
                    setPlaces(new ArrayDeque<>());
                }
            } else if (dropped > 0) {
                letGo();
            }
            pendingElements.addAll(added.subList(addedFrom, added.size()));
            ArrayDeque<byte[]> known = places;
            for (StateChange change : changes.subList(from, to)) {
                if (change.kind() != StateChange.Kind.DELETE_PREFIX) {
                    pendingRows.add(change);
                    pendingBytes += change.sizeInBytes();
                }
                if (known != null && change.kind() == StateChange.Kind.PUT) {
                    known.add(RowKey.subKeyOf(change.row()));
                    placesKnown++;
                }
            }
            startAfresh();
        }

        private void letGo() {
            ArrayDeque<byte[]> known = places();
            for (int i = 0; i < dropped; i++) {
                goneUpTo = known.removeFirst();
            }
            placesKnown -= dropped;
            pendingGone += dropped;
        }

        @Override
        long pendingBytes() {
            return pending ? RowCell.OVERHEAD + pendingBytes : 0;
        }

        /** Appends of several checkpoints are all needed, up to the last clear. */
        @Override
        void foldTo(List<StateChange> changes) {
            if (storeCleared) {
                changes.add(StateChange.deletePrefix(prefix()));
            }
            changes.addAll(pendingRows);
        }

        @Override
        void folded() {
            super.folded();
            forgetPending();
            storeCleared = false;
        }

        private void forgetPending() {
            pendingElements.clear();
            pendingRows.clear();
            pendingBytes = 0;
            pendingGone = 0;
            goneUpTo = null;
        }

        @Override
        void discard() {
            super.discard();
            startAfresh();
        }

        private void startAfresh() {
            cleared = false;
            added = new ArrayList<>();
            addedBefore = added;
            addedFrom = 0;
            dropped = 0;
        }

        byte[] prefix() {
            return RowKey.under(rows, key.array());
        }
    }

    /** Stored elements, then pending, then added ones: sub-keys grow, so this is the order of the rows as well. */
    private final class Elements implements Iterator<T> {

        private final long record = state.currentRecord();
        private @Nullable RowCursor stored;
        private int gone;
        private final List<T> later = new ArrayList<>();
        private int next;
        private @Nullable T upcoming;

        Elements(ListCell cell) {
            if (!cell.cleared) {
                if (!cell.storeCleared) {
                    stored = state.scan(cell.prefix());
                }
                later.addAll(cell.pendingElements);
                gone = cell.pendingGone + cell.dropped;
            }
            later.addAll(cell.added.subList(cell.addedFrom, cell.added.size()));
        }

        @Override
        public boolean hasNext() {
            state.requireRecord(record);
            if (upcoming == null) {
                upcoming = advance();
            }
            return upcoming != null;
        }

        @Override
        public T next() {
            T element = hasNext() ? upcoming : null;
            if (element == null) {
                throw new NoSuchElementException("The list has no more elements");
            }
            upcoming = null;
            return element;
        }

        private @Nullable T advance() {
            RowCursor rows = stored;
            if (rows != null) {
                try {
                    while (rows.advance()) {
                        if (gone == 0) {
                            return codec.decode(rows.value());
                        }
                        gone--;
                    }
                } catch (TidemarkException e) {
                    throw state.failed(e);
                }
                close();
            }
            next += gone; // of those that are gone, what the store never had
            gone = 0;
            return next < later.size() ? later.get(next++) : null;
        }

        void close() {
            RowCursor rows = stored;
            if (rows != null) {
                stored = null;
                state.closed(rows);
            }
        }
    }
}
