package io.tidemark.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.error.StateCorrupted;
import io.tidemark.error.StorageFailed;
import io.tidemark.state.RowCursor;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateStore;
import io.tidemark.state.StateStoreContract;
import io.tidemark.state.StateStores;
import io.tidemark.stream.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDbStateStoreTest extends StateStoreContract {

    private static final long BUDGET = 16L << 20;

    @TempDir
    private Path root;

    private RocksDbStateStores stores;

    @BeforeEach
    void open() {
        stores = new RocksDbStateStores(root, BUDGET, false);
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Override
    protected StateStores stores() {
        return stores;
    }

    /** M6: tasks move about, and each instance would keep what every one of them once had. */
    @Test
    void shouldDeleteStoresNobodyHadOpenForLong() throws IOException {
        TaskId away = new TaskId("orders", 1);
        TaskId back = new TaskId("orders", 2);
        stores.open(away).close();
        stores.open(back).close();
        stores.quarantine(back, "as the test wants it");
        stores.open(back).close();
        Path orders = root.resolve("orders");
        Path foreign = Files.createDirectories(root.resolve("orders/notes"));
        try (StateStore used = stores.open(TASK)) {
            for (Path old : List.of(
                    orders.resolve("1"),
                    orders.resolve("2.quarantine-0"),
                    foreign,
                    root.resolve(TASK.processor()).resolve(Integer.toString(TASK.partition())))) {
                assertThat(old.toFile().setLastModified(1_000_000)).isTrue();
            }

            assertThat(stores.deleteUnused(Duration.ofHours(1))).isEqualTo(2);

            assertThat(orders.resolve("1")).doesNotExist();
            assertThat(orders.resolve("2.quarantine-0")).doesNotExist();
            assertThat(orders.resolve("2")).as("used a moment ago").exists();
            assertThat(foreign).as("nothing of ours").exists();
            assertThat(used.approximateRows()).as("open").isGreaterThanOrEqualTo(0);
        }
        assertThat(stores.deleteUnused(Duration.ofHours(1)))
                .as("it was in use until now")
                .isZero();
    }

    @Test
    void shouldKeepRowsAndPositionOverAReopen() {
        try (StateStore store = stores.open(TASK)) {
            store.apply(List.of(StateChange.put(row(1), new byte[] {1})), position(7));
        }
        try (StateStore store = stores.open(TASK)) {
            assertThat(store.position()).isEqualTo(position(7));
            assertThat(store.get(row(1))).containsExactly(1);
        }
    }

    @Test
    void shouldRefuseASecondOwnerUntilTheFirstHasClosed() {
        StateStore first = stores.open(TASK);
        assertThatThrownBy(() -> stores.open(TASK))
                .isInstanceOf(StorageFailed.class)
                .hasMessageContaining("still open");
        first.close();
        first.close();
        stores.open(TASK).close();
    }

    @Test
    void shouldStartEmptyAfterAQuarantineAndKeepOnlyTheNewestAside() throws IOException {
        for (int i = 0; i < 6; i++) {
            try (StateStore store = stores.open(TASK)) {
                assertThat(store.position()).isNull();
                store.apply(List.of(StateChange.put(row(1), new byte[] {1})), position(7));
            }
            Files.createFile(root.resolve("orders/3/number-" + i));
            stores.quarantine(TASK, "a test");
        }
        try (Stream<Path> aside = Files.walk(root.resolve("orders"))) {
            assertThat(aside.map(path -> path.getFileName().toString()).filter(name -> name.startsWith("number-")))
                    .containsExactlyInAnyOrder("number-3", "number-4", "number-5");
        }
    }

    @Test
    void shouldSetAStoreAsideThatCannotBeOpened() throws IOException {
        try (StateStore store = stores.open(TASK)) {
            store.apply(List.of(StateChange.put(row(1), new byte[] {1})), position(7));
        }
        damageManifest();
        try (StateStore store = stores.open(TASK)) {
            assertThat(store.position()).isNull();
            assertThat(store.get(row(1))).isNull();
        }
        assertThat(root.resolve("orders").resolve("3.quarantine-0")).isDirectory();
    }

    @Test
    void shouldStayInsideItsMemoryBudget() {
        List<StateStore> all = new ArrayList<>();
        Random random = new Random(5);
        for (int task = 0; task < 8; task++) {
            all.add(stores.open(new TaskId("orders", task)));
        }
        byte[] value = new byte[1000];
        long most = 0;
        for (int batch = 0; batch < 300; batch++) {
            List<StateChange> changes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                byte[] row = new byte[12];
                random.nextBytes(row);
                random.nextBytes(value);
                changes.add(StateChange.put(row, value.clone()));
            }
            all.get(batch % all.size()).apply(changes, position(batch));
            most = Math.max(most, stores.memoryUsed());
        }
        assertThat(most).isPositive().isLessThanOrEqualTo(BUDGET);
        all.forEach(StateStore::close);
    }

    @Test
    void shouldCloseEveryNativeObjectItMakes() throws IOException {
        int shared = stores.nativeHandles();
        for (int round = 0; round < 20; round++) {
            try (StateStore store = stores.open(TASK)) {
                store.apply(
                        List.of(StateChange.put(row(1), new byte[] {1}), StateChange.deletePrefix(new byte[] {0x20})),
                        position(round));
                RowCursor first = store.scan(new byte[] {0x10});
                RowCursor second = store.scan(new byte[0]);
                assertThat(first.advance()).isTrue();
                first.close();
                first.close();
                second.close();
                assertThatThrownBy(() -> store.apply(List.of(StateChange.deletePrefix(new byte[] {-1})), position(0)))
                        .as("a batch that fails on the way")
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(stores.nativeHandles()).isEqualTo(shared);
        }
        damageManifest();
        stores.open(TASK).close();
        assertThat(stores.nativeHandles())
                .as("after a store that could not be opened")
                .isEqualTo(shared);
        stores.close();
        assertThat(stores.nativeHandles()).isZero();
        stores = new RocksDbStateStores(root, BUDGET, false);
    }

    @Test
    void shouldDeleteAPrefixOfManyRowsAndKeepWhatIsPutIntoItLater() {
        try (StateStore store = stores.open(TASK)) {
            List<StateChange> many = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                many.add(StateChange.put(new byte[] {7, (byte) (i >> 8), (byte) i}, new byte[] {1}));
            }
            store.apply(many, position(1));
            store.apply(
                    List.of(
                            StateChange.put(new byte[] {7, 0, 1}, new byte[] {2}),
                            StateChange.deletePrefix(new byte[] {7}),
                            StateChange.put(new byte[] {7, 0, 2}, new byte[] {3})),
                    position(2));
            assertThat(rows(store, new byte[] {7})).containsExactly(new byte[] {3});
        }
    }

    /** The filter over the write buffer knows single rows only; what deletes a whole prefix lies there as well. */
    @Test
    void shouldFindRowsOfAFileDeletedByAPrefixThatIsStillInTheWriteBuffer() {
        int rows = 3 * RocksDbStateStore.SINGLE_DELETES;
        try (StateStore store = stores.open(TASK)) {
            List<StateChange> many = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                many.add(StateChange.put(new byte[] {7, (byte) (i >> 8), (byte) i}, new byte[] {1}));
            }
            store.apply(many, position(1));
        }
        // opening it writes what the log holds to a file
        try (StateStore store = stores.open(TASK)) {
            assertThat(root.resolve("orders").resolve("3")).isDirectoryContaining("glob:**.sst");
            byte[] later = {7, 0, 2};
            store.apply(
                    List.of(StateChange.deletePrefix(new byte[] {7}), StateChange.put(later, new byte[] {3})),
                    position(2));

            for (int i = 0; i < rows; i++) {
                byte[] row = {7, (byte) (i >> 8), (byte) i};
                if (i == 2) {
                    assertThat(store.get(row)).containsExactly(3);
                } else {
                    assertThat(store.get(row)).isNull();
                }
            }
        }
    }

    @Test
    void shouldSetAsideAStoreWhoseDirectoryIsGone() throws IOException {
        try (StateStore store = stores.open(TASK)) {
            store.apply(List.of(StateChange.put(row(1), new byte[] {1})), position(7));
            deleteAll(root.resolve("orders"));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            List<StateChange> changes = new ArrayList<>();
                            for (int n = 0; n < 200; n++) {
                                changes.add(StateChange.put(new byte[] {0x10, (byte) i, (byte) n}, new byte[1000]));
                            }
                            store.apply(changes, position(8 + i));
                        }
                    })
                    .isInstanceOf(StateCorrupted.class);
        }
        try (StateStore store = stores.open(TASK)) {
            assertThat(store.position()).isNull();
        }
    }

    @Test
    void shouldNeverTakeADamagedRowForOneThatIsNotThere() throws IOException {
        damagedTable();
        try (StateStore store = stores.open(TASK)) {
            assertThat(store.position()).as("unnoticed until somebody reads it").isNotNull();
            assertThatThrownBy(() -> readAll(store)).isInstanceOf(StateCorrupted.class);
        }
    }

    @Test
    void shouldFindDamageWhenAskedToScrub() throws IOException {
        damagedTable();
        try (RocksDbStateStores scrubbing = new RocksDbStateStores(root, BUDGET, true);
                StateStore store = scrubbing.open(TASK)) {
            assertThat(store.position()).isNull();
        }
        assertThat(root.resolve("orders").resolve("3.quarantine-0")).isDirectory();
    }

    private void damagedTable() throws IOException {
        try (StateStore store = stores.open(TASK)) {
            for (int batch = 0; batch < 160; batch++) {
                List<StateChange> changes = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    byte[] value = new byte[600];
                    new Random(batch * 1000L + i).nextBytes(value);
                    changes.add(StateChange.put(new byte[] {0x10, (byte) batch, (byte) i}, value));
                }
                store.apply(changes, position(batch));
            }
        }
        Path table;
        try (Stream<Path> files = Files.list(root.resolve("orders").resolve("3"))) {
            table = files.filter(path -> path.toString().endsWith(".sst"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(table);
        bytes[bytes.length / 3] ^= 0x10;
        Files.write(table, bytes);
    }

    private static void readAll(StateStore store) {
        for (int batch = 0; batch < 160; batch++) {
            for (int i = 0; i < 200; i++) {
                assertThat(store.get(new byte[] {0x10, (byte) batch, (byte) i})).hasSize(600);
            }
        }
    }

    @Test
    void shouldRefuseABudgetTooSmallToWork() {
        assertThatThrownBy(() -> new RocksDbStateStores(root, 1000, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void damageManifest() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("orders").resolve("3"))) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("MANIFEST"))
                    .toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 0x55;
                bytes[3] ^= 0x55;
                Files.write(file, bytes);
            }
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(java.util.Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        }
    }
}
