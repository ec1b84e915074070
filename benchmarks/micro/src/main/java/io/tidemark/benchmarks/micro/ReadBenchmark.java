package io.tidemark.benchmarks.micro;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Rows that are not live, from RocksDB set up as for a task: one by one, and as one question for all keys that were looked at ahead. The
 * question for arrays has no answer for a row that cannot be read, as if it were not there; the others are ways round that.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReadBenchmark {

    private static final int AHEAD = 16;
    private static final int VALUE = 16;

    @Param({"100000", "1000000"})
    public int rows;

    /** A million rows are some 40 MB. */
    @Param({"8", "256"})
    public int cacheMegabytes;

    /** How many of a hundred rows that are asked for are not there. */
    @Param({"0", "75"})
    public int absent;

    private final byte[][] coming = new byte[AHEAD][];
    private final List<ByteBuffer> keys = new ArrayList<>();
    private final List<ByteBuffer> values = new ArrayList<>();
    private Path directory;
    private LRUCache cache;
    private BloomFilter filter;
    private Options options;
    private RocksDB store;
    private SplittableRandom random;

    @Setup
    public void prepare() throws IOException, RocksDBException {
        RocksDB.loadLibrary();
        directory = Files.createTempDirectory("reads");
        cache = new LRUCache((long) cacheMegabytes << 20, 2);
        filter = new BloomFilter(10);
        options = new Options()
                .setCreateIfMissing(true)
                .setWriteBufferSize(4 << 20)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setBlockSize(16 << 10)
                        .setFilterPolicy(filter)
                        .setCacheIndexAndFilterBlocks(true)
                        .setPinL0FilterAndIndexBlocksInCache(true));
        store = RocksDB.open(options, directory.toString());
        random = new SplittableRandom(1);
        for (int i = 0; i < AHEAD; i++) {
            keys.add(ByteBuffer.allocateDirect(256));
            values.add(ByteBuffer.allocateDirect(256));
        }
        fill();
    }

    private void fill() throws RocksDBException {
        byte[] value = new byte[VALUE];
        try (WriteOptions write = new WriteOptions().setDisableWAL(true);
                FlushOptions flush = new FlushOptions()) {
            for (int from = 0; from < rows; from += 1_000) {
                try (WriteBatch batch = new WriteBatch()) {
                    for (int row = from; row < from + 1_000; row++) {
                        random.nextBytes(value);
                        batch.put(name(row), value);
                    }
                    store.write(write, batch);
                }
            }
            store.flush(flush);
        }
    }

    @TearDown
    public void end() throws IOException {
        store.close();
        options.close();
        filter.close();
        cache.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(AHEAD)
    public void oneByOne(Blackhole hole) throws RocksDBException {
        choose();
        for (byte[] key : coming) {
            hole.consume(store.get(key));
        }
    }

    @Benchmark
    @OperationsPerInvocation(AHEAD)
    public void together(Blackhole hole) throws RocksDBException {
        choose();
        for (byte[] value : store.multiGetAsList(Arrays.asList(coming))) {
            hole.consume(value);
        }
    }

    /** With a status for each row. */
    @Benchmark
    @OperationsPerInvocation(AHEAD)
    public void togetherWithStatus(Blackhole hole) throws RocksDBException {
        choose();
        for (int i = 0; i < AHEAD; i++) {
            keys.get(i).clear().put(coming[i]).flip();
            values.get(i).clear();
        }
        for (ByteBufferGetStatus row : store.multiGetByteBuffers(keys, values)) {
            if (row.status.getCode() == Status.Code.Ok) {
                byte[] value = new byte[row.requiredSize];
                row.value.get(value);
                hole.consume(value);
            }
        }
    }

    /** Together, and alone where that has no answer. */
    @Benchmark
    @OperationsPerInvocation(AHEAD)
    public void togetherAndAgain(Blackhole hole) throws RocksDBException {
        choose();
        List<byte[]> found = store.multiGetAsList(Arrays.asList(coming));
        for (int i = 0; i < AHEAD; i++) {
            byte[] value = found.get(i);
            hole.consume(value == null ? store.get(coming[i]) : value);
        }
    }

    private void choose() {
        for (int i = 0; i < AHEAD; i++) {
            byte[] row = name(random.nextInt(rows));
            // right behind one that is there, so that what is not there is spread over all files
            coming[i] = random.nextInt(100) < absent ? Arrays.copyOf(row, row.length + 1) : row;
        }
    }

    private static byte[] name(int row) {
        return ("customer-" + row).getBytes(StandardCharsets.US_ASCII);
    }
}
