package io.tidemark.state;

import io.tidemark.api.ListState;
import io.tidemark.api.StateDescriptor;
import io.tidemark.error.TidemarkException;
import io.tidemark.stream.CheckpointId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The lists of one list state. A cell holds only what the store does not have yet: the elements that were added, and whether the list was
 * cleared before them. Nothing is read to append.
 *
 * <p>The sub-key of an element is {@code lineage (4) | checkpoint number (8) | place within the checkpoint (4)}: it grows with every
 * append without anybody knowing how long the list is, over restarts and rewinds as well.
 */
final class ListCells<T> extends Cells implements ListState<T> {

    private final CheckedCodec<T> codec;
    private final Map<Bytes, ListCell> cells = new HashMap<>();
    private @Nullable ListCell current;
    private long currentRecord = -1;

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
    public void clear() {
        ListCell cell = cell();
        state.changing(cell);
        cell.cleared = true;
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
        return cells.size();
    }

    /** A cell without anything dirty or pending says nothing the store does not know. */
    @Override
    void evict() {
        cells.values().removeIf(cell -> !cell.dirty && !cell.pending);
        forgetCurrent();
    }

    /** Elements are only ever added and cleared. */
    @Override
    boolean isPending(Bytes key, byte[] subKey) {
        ListCell cell = cells.get(key);
        return cell != null && cell.storeCleared;
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
        final List<T> pendingElements = new ArrayList<>();
        private final List<StateChange> pendingRows = new ArrayList<>();
        private long pendingBytes;

        /** Whether everything in the store is gone, as of what is pending. */
        boolean storeCleared;

        private boolean clearedBefore;
        private List<T> addedBefore = added;
        private int sizeBefore;

        ListCell(Bytes key) {
            this.key = key;
        }

        @Override
        Cells owner() {
            return ListCells.this;
        }

        @Override
        boolean puts() {
            return !added.isEmpty();
        }

        @Override
        @Nullable
        String problem() {
            List<T> before = added == addedBefore ? added.subList(0, sizeBefore) : List.of();
            for (T element : added.subList(before.size(), added.size())) {
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
        }

        @Override
        void undo() {
            super.undo();
            cleared = clearedBefore;
            added = addedBefore;
            added.subList(sizeBefore, added.size()).clear();
        }

        @Override
        void drainTo(List<StateChange> changes, CheckpointId id) {
            byte[] prefix = prefix();
            if (cleared) {
                changes.add(StateChange.deletePrefix(prefix));
            }
            for (int i = 0; i < added.size(); i++) {
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
            return RowCell.OVERHEAD + (added.isEmpty() ? 0 : codec.encode(added.get(added.size() - 1)).length);
        }

        @Override
        void committed(List<StateChange> changes, int from, int to) {
            super.committed(changes, from, to);
            if (cleared) {
                forgetPending();
                storeCleared = true;
            }
            pendingElements.addAll(added);
            for (StateChange change : changes.subList(from, to)) {
                if (change.kind() == StateChange.Kind.PUT) {
                    pendingRows.add(change);
                    pendingBytes += change.sizeInBytes();
                }
            }
            startAfresh();
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
        }

        byte[] prefix() {
            return RowKey.under(rows, key.array());
        }
    }

    /** Stored elements, then pending, then added ones: sub-keys grow, so this is the order of the rows as well. */
    private final class Elements implements Iterator<T> {

        private final long record = state.currentRecord();
        private @Nullable RowCursor stored;
        private final List<T> later = new ArrayList<>();
        private int next;
        private @Nullable T upcoming;

        Elements(ListCell cell) {
            if (!cell.cleared) {
                if (!cell.storeCleared) {
                    stored = state.scan(cell.prefix());
                }
                later.addAll(cell.pendingElements);
            }
            later.addAll(cell.added);
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
                    if (rows.advance()) {
                        return codec.decode(rows.value());
                    }
                } catch (TidemarkException e) {
                    throw state.failed(e);
                }
                close();
            }
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
