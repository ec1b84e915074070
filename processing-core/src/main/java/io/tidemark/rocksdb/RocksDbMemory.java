package io.tidemark.rocksdb;

import io.tidemark.error.EnvironmentRefused;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBufferManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One memory budget for all RocksDB instances of this process: a block cache that the write buffers are charged to as well. Owns its
 * native objects; closed after every store. Thread-safe.
 */
public final class RocksDbMemory implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RocksDbMemory.class);

    /** Small, because there are as many as tasks: a large one would fill the budget with half-empty buffers. */
    private static final long WRITE_BUFFER = 4L << 20;

    private static final long SMALLEST_BUDGET = 8L << 20;
    private static final int BLOCK = 16 << 10;
    /** The cache overdraws by what readers hold at that moment, and where write buffers crowd one of its shards: a share is left for that. */
    private static final int SHARE_LEFT = 16;

    /** Few and large: a shard that write buffers fill alone overdraws, and there are only as many threads here as workers. */
    private static final int SHARD_BITS = 2;

    private static final double BITS_PER_KEY = 10;

    /** All stores of a process share the threads that flush and compact; RocksDB's own default is two, however many cores there are. */
    private static final int BACKGROUND_JOBS = Math.max(2, Runtime.getRuntime().availableProcessors() / 2);

    /**
     * Size of the filter over a write buffer, in parts of the buffer. A batch goes into one buffer whole, however large it is, and lies there
     * until the next one comes: without a filter each key that is new is looked for among hundreds of thousands.
     */
    private static final double FILTER_RATIO = 0.125;

    /**
     * So much of the budget for each such filter, which takes a sixteenth of that. It is there as long as its store is open, written or not;
     * while a buffer is flushed, its store has two.
     */
    private static final long BUDGET_PER_FILTER = 16 * (long) (FILTER_RATIO * WRITE_BUFFER);

    private final NativeHandles handles = new NativeHandles();
    private final Set<RocksDB> open = new HashSet<>();
    private final long crowded;
    private final FlushOptions waiting;
    private final FlushOptions passing;
    private final Cache cache;
    private boolean closed;
    private final WriteBufferManager writeBuffers;
    private final BloomFilter filter;
    private final AtomicLong filtersLeft;

    /**
     * @param budget bytes for block cache and write buffers together
     */
    public RocksDbMemory(long budget) {
        if (budget < SMALLEST_BUDGET) {
            throw new IllegalArgumentException("A memory budget of " + budget + " bytes is too small, at least "
                    + SMALLEST_BUDGET + " are needed");
        }
        loadLibrary();
        this.cache = handles.made(new LRUCache(budget - budget / SHARE_LEFT, SHARD_BITS));
        // No stalling by RocksDB: such a write can wait for ever when the budget is tight. Writers are held back in
        // makeRoom instead, where each waits for its own flush only.
        this.writeBuffers = handles.made(new WriteBufferManager(budget / 2, cache, false));
        this.filter = handles.made(new BloomFilter(BITS_PER_KEY));
        this.filtersLeft = new AtomicLong(budget / BUDGET_PER_FILTER);
        this.crowded = budget / 8 * 5;
        this.waiting = handles.made(new FlushOptions().setWaitForFlush(true));
        this.passing = handles.made(new FlushOptions().setWaitForFlush(false).setAllowWriteStall(true));
    }

    /** The first thing that is done with RocksDB, and where it fails if it cannot be done at all. */
    private static void loadLibrary() {
        try {
            RocksDB.loadLibrary();
        } catch (LinkageError | RuntimeException e) {
            throw new EnvironmentRefused(
                    "The native library of RocksDB cannot be loaded: " + e.getMessage() + ".",
                    "It is unpacked into the directory of temporary files (java.io.tmpdir), which must be writable and must allow"
                            + " execution: set the environment variable ROCKSDB_SHAREDLIB_DIR to a directory that is both. It needs"
                            + " glibc or musl with libstdc++ on Linux. Without local stores on disk"
                            + " (tidemark.state.backend=memory) it is not needed.",
                    e);
        }
    }

    NativeHandles handles() {
        return handles;
    }

    /** Options of one store, for {@link #giveBack} once the store is closed. */
    Options newOptions() {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(BLOCK)
                .setFilterPolicy(filter)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
        return handles.made(new Options())
                .setCreateIfMissing(true)
                .setWriteBufferManager(writeBuffers)
                .setWriteBufferSize(WRITE_BUFFER)
                .setMaxWriteBufferNumber(2)
                .setMemtablePrefixBloomSizeRatio(takeFilter() ? FILTER_RATIO : 0)
                .setMemtableWholeKeyFiltering(true)
                .setMaxTotalWalSize(4 * WRITE_BUFFER)
                .setMaxBackgroundJobs(BACKGROUND_JOBS)
                .setMaxOpenFiles(256)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1 << 20)
                .setStatsDumpPeriodSec(0)
                .setTableFormatConfig(table);
    }

    private boolean takeFilter() {
        return filtersLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    /** Closes the options of a store that is closed; the next one may have its filter. */
    void giveBack(Options options) {
        if (options.memtablePrefixBloomSizeRatio() > 0) {
            filtersLeft.incrementAndGet();
        }
        handles.close(options);
    }

    void opened(RocksDB db) {
        synchronized (open) {
            open.add(db);
        }
    }

    /** Called before the instance is closed. */
    void closing(RocksDB db) {
        synchronized (open) {
            open.remove(db);
        }
    }

    /**
     * Called after each batch. RocksDB starts flushing when the write buffers reach their half of the budget, but goes on taking writes
     * meanwhile, without a limit when the disk is slower than the writers. Beyond five eighths, the store with the largest buffers is
     * flushed, and a writer whose own store that is waits for it.
     */
    void makeRoom(RocksDB own) throws RocksDBException {
        if (cache.getPinnedUsage() <= crowded) {
            return;
        }
        RocksDB largest = null;
        synchronized (open) {
            long total = 0;
            long most = -1;
            for (RocksDB db : open) {
                long size = db.getLongProperty("rocksdb.cur-size-all-mem-tables");
                total += size;
                if (size > most) {
                    most = size;
                    largest = db;
                }
            }
            if (largest == null || total <= crowded) {
                // the rest is pinned index and filter blocks, and filters of empty buffers: flushing would not help
                return;
            }
            if (largest != own) {
                flushForAnother(largest);
            }
        }
        if (largest == own) {
            own.flush(waiting);
        }
    }

    /** What is wrong with it is for its own task to find, not for the one that only needs room. */
    private void flushForAnother(RocksDB db) {
        try {
            db.flush(passing);
        } catch (RocksDBException e) {
            log.debug("A store could not be flushed for another: {}", e.getMessage());
        }
    }

    /** Bytes of the budget in use; 0 once closed. */
    public synchronized long used() {
        return closed ? 0 : cache.getUsage();
    }

    @Override
    public synchronized void close() {
        closed = true;
        handles.close(writeBuffers);
        handles.close(cache);
        handles.close(filter);
        handles.close(waiting);
        handles.close(passing);
    }
}
