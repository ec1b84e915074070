package io.tidemark.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
            try {
                PerfContext counts = db.getPerfContext();
                counts.reset();
                for (int i = 0; i < 100; i++) {
                    assertThat(db.get(new byte[] {2, (byte) i})).isNull();
                }
                assertThat(counts.getBloomMemtableMissCount()).isGreaterThan(90);
            } finally {
                db.setPerfLevel(PerfLevel.DISABLE);
            }
        }
    }

    /** RocksDB makes the filter when the store is opened, and a flush does not free it. */
    @Test
    void shouldGiveFiltersOfWriteBuffersASixteenthOfTheBudget() throws Exception {
        long budget = 64L << 20;
        try (RocksDbMemory memory = new RocksDbMemory(budget)) {
            List<Double> filters = new ArrayList<>();
            Deque<RocksDB> open = new ArrayDeque<>();
            Deque<Options> made = new ArrayDeque<>();
            for (int store = 0; store < 12; store++) {
                Options options = memory.newOptions();
                made.add(options);
                filters.add(options.memtablePrefixBloomSizeRatio());
                RocksDB db = RocksDB.open(options, directory.resolve("" + store).toString());
                memory.opened(db);
                open.add(db);
            }
            assertThat(filters.subList(0, 8)).containsOnly(0.125);
            assertThat(filters.subList(8, 12)).containsOnly(0.0);
            assertThat(memory.used()).isBetween(budget / 16, budget / 14);

            for (int store = 0; store < 5; store++) {
                memory.closing(open.element());
                open.remove().close();
            }
            try (Options next = memory.newOptions()) {
                assertThat(next.memtablePrefixBloomSizeRatio()).isEqualTo(0.125);
            }
            open.forEach(RocksDB::close);
            made.forEach(Options::close);
        }
    }
}
