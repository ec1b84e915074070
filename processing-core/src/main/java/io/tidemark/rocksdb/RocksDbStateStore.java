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
import java.nio.file.Path;
import java.util.List;
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

    private final TaskId task;
    private final Options options;
    private final WriteOptions writeOptions;
    private final RocksDB db;
    private Runnable onClose = () -> {};
    private @Nullable StorePosition position;
    private boolean closed;

    private RocksDbStateStore(TaskId task, Options options, RocksDB db) {
        this.task = task;
        this.options = options;
        this.writeOptions = new WriteOptions();
        this.db = db;
    }

    /**
     * @throws StateCorrupted when the files cannot be read any more
     * @throws StorageFailed when the directory cannot be used now
     */
    static RocksDbStateStore open(TaskId task, Path directory, RocksDbMemory memory, Runnable onClose) {
        Options options = memory.newOptions();
        RocksDbStateStore store;
        try {
            store = new RocksDbStateStore(task, options, RocksDB.open(options, directory.toString()));
        } catch (RocksDBException e) {
            options.close();
            throw failed(task, "cannot be opened", e);
        }
        try {
            byte[] stored = store.get(POSITION);
            store.position = stored == null ? null : StorePositionCodec.decode(stored);
            store.onClose = onClose;
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
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
        return new Cursor(task, db, prefix);
    }

    @Override
    public @Nullable StorePosition position() {
        return position;
    }

    @Override
    public void apply(List<StateChange> changes, StorePosition position) {
        try (WriteBatch batch = new WriteBatch()) {
            for (StateChange change : changes) {
                add(batch, change);
            }
            batch.put(POSITION, StorePositionCodec.encode(position));
            db.write(writeOptions, batch);
            this.position = position;
        } catch (RocksDBException e) {
            throw failed(task, "cannot be written", e);
        }
    }

    private static void add(WriteBatch batch, StateChange change) throws RocksDBException {
        byte[] value = change.value();
        if (value != null) {
            batch.put(change.row(), value);
            return;
        }
        if (change.kind() == StateChange.Kind.DELETE) {
            batch.delete(change.row());
            return;
        }
        byte[] end = RowKey.endOf(change.row());
        if (end == null) {
            throw new IllegalArgumentException("A prefix of all ones has no end");
        }
        batch.deleteRange(change.row(), end);
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
            db.close();
            writeOptions.close();
            options.close();
            onClose.run();
        }
    }

    private static TidemarkException failed(TaskId task, String what, RocksDBException e) {
        String message = "The local store of task " + task + " " + what + ": " + e.getMessage();
        Status status = e.getStatus();
        boolean corrupt = status != null && status.getCode() == Status.Code.Corruption;
        return corrupt ? new StateCorrupted(message, e) : new StorageFailed(message, e);
    }

    private static final class Cursor implements RowCursor {

        private final TaskId task;
        private final byte[] prefix;
        private final @Nullable Slice end;
        private final ReadOptions options;
        private final RocksIterator rows;
        private boolean started;

        Cursor(TaskId task, RocksDB db, byte[] prefix) {
            this.task = task;
            this.prefix = prefix;
            byte[] bound = RowKey.endOf(prefix);
            this.end = bound == null ? null : new Slice(bound);
            this.options = new ReadOptions();
            if (end != null) {
                options.setIterateUpperBound(end);
            }
            this.rows = db.newIterator(options);
        }

        @Override
        public boolean advance() {
            if (started) {
                rows.next();
            } else {
                started = true;
                rows.seek(prefix);
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
            rows.close();
            options.close();
            if (end != null) {
                end.close();
            }
        }
    }
}
