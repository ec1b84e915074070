package io.tidemark.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
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
        List<RocksDB> open = new ArrayList<>();
        List<Options> made = new ArrayList<>();
        try (RocksDbMemory memory = new RocksDbMemory(budget)) {
            for (int store = 0; store < 12; store++) {
                made.add(memory.newOptions());
            }
            for (int store = 0; store < 12; store++) {
                open.add(RocksDB.open(
                        made.get(store), directory.resolve("" + store).toString()));
            }
            assertThat(made)
                    .extracting(Options::memtablePrefixBloomSizeRatio)
                    .containsExactly(0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.0, 0.0, 0.0, 0.0);
            assertThat(memory.used()).isBetween(budget / 16, budget / 12);
            open.forEach(RocksDB::close);
            made.forEach(memory::giveBack);
        }
    }

    @Test
    void shouldGiveTheFilterOfAClosedStoreToTheNextOne() {
        try (RocksDbMemory memory = new RocksDbMemory(16L << 20)) {
            Options first = memory.newOptions();
            Options second = memory.newOptions();
            Options third = memory.newOptions();
            memory.giveBack(third);
            Options fourth = memory.newOptions();
            memory.giveBack(second);
            Options fifth = memory.newOptions();
            Options sixth = memory.newOptions();

            assertThat(third.isOwningHandle()).isFalse();
            assertThat(List.of(first, fourth, fifth, sixth))
                    .extracting(Options::memtablePrefixBloomSizeRatio)
                    .containsExactly(0.125, 0.0, 0.125, 0.0);
            List.of(first, fourth, fifth, sixth).forEach(memory::giveBack);
        }
    }
}
