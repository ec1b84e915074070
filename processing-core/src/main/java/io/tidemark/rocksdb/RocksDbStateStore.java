package io.tidemark.rocksdb;

import io.tidemark.error.StateCorrupted;
import io.tidemark.error.StorageFailed;
import io.tidemark.error.TidemarkException;
import io.tidemark.state.RowCursor;
import io.tidemark.state.RowKey;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateStore;
import io.tidemark.state.StorePosition;
import io.tidemark.state.StorePositionCodec;
import io.tidemark.stream.TaskId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The store of one task on disk: one RocksDB, one column family. Rows and position go down in one batch through the write-ahead log,
 * which is not synced per batch: after a power loss the store holds an earlier checkpoint and rolls forward.
 */
final class RocksDbStateStore implements StateStore {

    private static final byte[] POSITION = RowKey.meta("position");

    /** Rows under one prefix that are deleted one by one; range tombstones slow down every later read, so they are for more than that. */
    static final int SINGLE_DELETES = 1_000;

    private final TaskId task;
    /** The file that names all others: as long as it is there, the directory is ours. */
    private final Path current;

    private final RocksDbMemory memory;
    private final NativeHandles handles;
    private final Options options;
    private final WriteOptions writeOptions;
    private final RocksDB db;
    private Runnable onClose = () -> {};
    private @Nullable StorePosition position;
    private boolean closed;

    private RocksDbStateStore(TaskId task, Path directory, RocksDbMemory memory, Options options, RocksDB db) {
        this.task = task;
        this.current = directory.resolve("CURRENT");
        this.memory = memory;
        this.handles = memory.handles();
        this.options = options;
        this.writeOptions = handles.made(new WriteOptions());
        this.db = handles.made(db);
        memory.opened(db);
    }

    /**
     * @param scrub whether to read and check everything that is stored first
     * @throws StateCorrupted when the files cannot be read any more
     * @throws StorageFailed when the directory cannot be used now
     */
    static RocksDbStateStore open(TaskId task, Path directory, RocksDbMemory memory, boolean scrub, Runnable onClose) {
        Options options = memory.newOptions();
        RocksDbStateStore store;
        try {
            store = new RocksDbStateStore(
                    task, directory, memory, options, RocksDB.open(options, directory.toString()));
        } catch (RocksDBException e) {
            memory.giveBack(options);
            throw failed(task, "cannot be opened", e);
        }
        try {
            if (scrub) {
                store.scrub();
            }
            byte[] stored = store.get(POSITION);
            store.position = stored == null ? null : StorePositionCodec.decode(stored);
            store.onClose = onClose;
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private void scrub() {
        try {
            db.verifyChecksum();
        } catch (RocksDBException e) {
            throw failed(task, "fails its check", e);
        }
    }

    @Override
    public byte @Nullable [] get(byte[] row) {
        try {
            return db.get(row);
        } catch (RocksDBException e) {
            throw failed(task, "cannot be read", e);
        }
    }

    @Override
    public RowCursor scan(byte[] prefix) {
        return new Cursor(prefix, RowKey.endOf(prefix));
    }

    @Override
    public RowCursor range(byte[] from, byte[] to) {
        // the smallest row after a row is the same with a zero behind it
        return new Cursor(Arrays.copyOf(from, from.length + 1), Arrays.copyOf(to, to.length + 1));
    }

    @Override
    public byte @Nullable [] lastRow() {
        RocksIterator rows = handles.made(db.newIterator());
        try {
            rows.seekToLast();
            if (rows.isValid()) {
                return rows.key();
            }
            rows.status();
            return null;
        } catch (RocksDBException e) {
            throw failed(task, "cannot be scanned", e);
        } finally {
            handles.close(rows);
        }
    }

    @Override
    public @Nullable StorePosition position() {
        return position;
    }

    @Override
    public void apply(List<StateChange> changes, @Nullable StorePosition position) {
        if (!Files.exists(current)) {
            // Open files outlive their names: without this look the store would seem well until it needs a new file.
            throw gone(null);
        }
        WriteBatch batch = handles.made(new WriteBatch());
        try {
            if (changes.stream().anyMatch(change -> change.kind() == StateChange.Kind.DELETE_PREFIX)) {
                addWithoutPrefixes(batch, changes);
            } else {
                for (StateChange change : changes) {
                    add(batch, change);
                }
            }
            if (position != null) {
                batch.put(POSITION, StorePositionCodec.encode(position));
            }
            db.write(writeOptions, batch);
            this.position = position;
            memory.makeRoom(db);
        } catch (RocksDBException e) {
            throw Files.exists(current) ? failed(task, "cannot be written", e) : gone(e);
        } finally {
            handles.close(batch);
        }
    }

    private StateCorrupted gone(@Nullable RocksDBException e) {
        return new StateCorrupted("The local store of task " + task + " is gone: " + current.getParent(), e);
    }

    private static void add(WriteBatch batch, StateChange change) throws RocksDBException {
        byte[] value = change.value();
        if (value == null) {
            batch.delete(change.row());
        } else {
            batch.put(change.row(), value);
        }
    }

    /** The same effect with the last change of each row only, and with rows instead of prefixes where they are few. */
    private void addWithoutPrefixes(WriteBatch batch, List<StateChange> changes) throws RocksDBException {
        NavigableMap<byte[], StateChange> last = new TreeMap<>(Arrays::compareUnsigned);
        for (StateChange change : changes) {
            if (change.kind() != StateChange.Kind.DELETE_PREFIX) {
                last.put(change.row(), change);
                continue;
            }
            byte[] end = endOf(change.row());
            last.subMap(change.row(), true, end, false).clear();
            if (!deleteStored(change.row(), last)) {
                // ranges go into the batch before everything else: what is put into the range later stays
                batch.deleteRange(change.row(), end);
            }
        }
        for (StateChange change : last.values()) {
            add(batch, change);
        }
    }

    /** Whether all stored rows of the prefix are among {@code last} now, as deletes; there may be too many. */
    private boolean deleteStored(byte[] prefix, NavigableMap<byte[], StateChange> last) {
        List<byte[]> rows = new ArrayList<>();
        try (RowCursor stored = scan(prefix)) {
            while (stored.advance()) {
                if (rows.size() == SINGLE_DELETES) {
                    return false;
                }
                rows.add(stored.row());
            }
        }
        rows.forEach(row -> last.put(row, StateChange.delete(row)));
        return true;
    }

    private static byte[] endOf(byte[] prefix) {
        byte[] end = RowKey.endOf(prefix);
        if (end == null) {
            throw new IllegalArgumentException("A prefix of all ones has no end");
        }
        return end;
    }

    @Override
    public long approximateRows() {
        return property("rocksdb.estimate-num-keys");
    }

    @Override
    public long approximateBytes() {
        return property("rocksdb.total-sst-files-size") + property("rocksdb.cur-size-all-mem-tables");
    }

    private long property(String name) {
        try {
            return db.getLongProperty(name);
        } catch (RocksDBException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            memory.closing(db);
            handles.close(db);
            handles.close(writeOptions);
            memory.giveBack(options);
            onClose.run();
        }
    }

    /** Damaged or missing files mean that the store is lost; anything else may pass. */
    private static TidemarkException failed(TaskId task, String what, RocksDBException e) {
        String message = "The local store of task " + task + " " + what + ": " + e.getMessage();
        Status status = e.getStatus();
        boolean corrupt = (status != null && status.getCode() == Status.Code.Corruption)
                || String.valueOf(e.getMessage()).contains("No such file or directory");
        return corrupt ? new StateCorrupted(message, e) : new StorageFailed(message, e);
    }

    private final class Cursor implements RowCursor {

        private final byte[] start;
        private final @Nullable Slice end;
        private final ReadOptions options;
        private final RocksIterator rows;
        private boolean started;
        private boolean over;

        Cursor(byte[] start, byte @Nullable [] bound) {
            this.start = start;
            this.end = bound == null ? null : handles.made(new Slice(bound));
            this.options = handles.made(new ReadOptions());
            if (end != null) {
                options.setIterateUpperBound(end);
            }
            this.rows = handles.made(db.newIterator(options));
        }

        @Override
        public boolean advance() {
            if (started) {
                rows.next();
            } else {
                started = true;
                rows.seek(start);
            }
            if (rows.isValid()) {
                return true;
            }
            try {
                rows.status();
                return false;
            } catch (RocksDBException e) {
                throw failed(task, "cannot be scanned", e);
            }
        }

        @Override
        public byte[] row() {
            return rows.key();
        }

        @Override
        public byte[] value() {
            return rows.value();
        }

        @Override
        public void close() {
            if (over) {
                return;
            }
            over = true;
            handles.close(rows);
            handles.close(options);
            if (end != null) {
                handles.close(end);
            }
        }
    }
}
