package io.tidemark.rocksdb;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One memory budget for all RocksDB instances of this process: a block cache that the write buffers are charged to as well. Owns its
 * native objects; closed after every store.
 */
public final class RocksDbMemory implements AutoCloseable {

    /** Small, because there are as many as tasks: a large one would fill the budget with half-empty buffers. */
    private static final long WRITE_BUFFER = 4L << 20;

    private static final long SMALLEST_BUDGET = 8L << 20;
    private static final int BLOCK = 16 << 10;
    private static final double BITS_PER_KEY = 10;

    private final NativeHandles handles = new NativeHandles();
    private final Cache cache;
    private final WriteBufferManager writeBuffers;
    private final BloomFilter filter;

    /**
     * @param budget bytes for block cache and write buffers together
     */
    public RocksDbMemory(long budget) {
        if (budget < SMALLEST_BUDGET) {
            throw new IllegalArgumentException("A memory budget of " + budget + " bytes is too small, at least "
                    + SMALLEST_BUDGET + " are needed");
        }
        RocksDB.loadLibrary();
        this.cache = handles.made(new LRUCache(budget));
        // No stalling: a stalled write can wait for ever when the budget is tight; without it the store only flushes
        // more often.
        this.writeBuffers = handles.made(new WriteBufferManager(budget / 2, cache, false));
        this.filter = handles.made(new BloomFilter(BITS_PER_KEY));
    }

    NativeHandles handles() {
        return handles;
    }

    /** Options of one store; the caller closes them after the store. */
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
                .setMaxTotalWalSize(4 * WRITE_BUFFER)
                .setMaxOpenFiles(256)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1 << 20)
                .setStatsDumpPeriodSec(0)
                .setTableFormatConfig(table);
    }

    /** Bytes of the budget in use. */
    public long used() {
        return cache.getUsage();
    }

    @Override
    public void close() {
        handles.close(writeBuffers);
        handles.close(cache);
        handles.close(filter);
    }
}
