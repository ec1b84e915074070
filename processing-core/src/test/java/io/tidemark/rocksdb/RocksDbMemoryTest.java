package io.tidemark.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.PerfContext;
import org.rocksdb.PerfLevel;
import org.rocksdb.RocksDB;

class RocksDbMemoryTest {

    @TempDir
    private Path directory;

    @Test
    void shouldAskAFilterBeforeItLooksForARowInAWriteBuffer() throws Exception {
        try (RocksDbMemory memory = new RocksDbMemory(16L << 20);
                Options options = memory.newOptions();
                RocksDB db = RocksDB.open(options, directory.toString())) {
            db.put(new byte[] {1}, new byte[] {1});
            db.setPerfLevel(PerfLevel.ENABLE_COUNT);
            PerfContext counts = db.getPerfContext();
            counts.reset();

            for (int i = 0; i < 100; i++) {
                assertThat(db.get(new byte[] {2, (byte) i})).isNull();
            }

            assertThat(counts.getBloomMemtableMissCount()).isGreaterThan(90);
            db.setPerfLevel(PerfLevel.DISABLE);
        }
    }

    /** There are as many write buffers as tasks: one that nobody writes to has none, and the others a small part of the budget. */
    @Test
    void shouldGiveTheFilterOfAWriteBufferASmallPartOfTheBudget() throws Exception {
        long budget = 512L << 20;
        try (RocksDbMemory memory = new RocksDbMemory(budget);
                Options with = memory.newOptions();
                Options without = memory.newOptions().setMemtablePrefixBloomSizeRatio(0)) {
            assertThat(bufferOf(with, new byte[0]) - bufferOf(without, new byte[0]))
                    .isZero();
            byte[] value = new byte[4096];
            assertThat(bufferOf(with, value) - bufferOf(without, value)).isBetween(budget / 2048, budget / 512);
        }
    }

    private long bufferOf(Options options, byte[] value) throws Exception {
        try (RocksDB db = RocksDB.open(
                options, Files.createTempDirectory(directory, "store").toString())) {
            if (value.length > 0) {
                db.put(new byte[] {1}, value);
            }
            return db.getLongProperty("rocksdb.cur-size-all-mem-tables");
        }
    }
}
