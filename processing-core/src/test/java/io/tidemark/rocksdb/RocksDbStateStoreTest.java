package io.tidemark.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.error.StorageFailed;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateStore;
import io.tidemark.state.StateStoreContract;
import io.tidemark.state.StateStores;
import io.tidemark.stream.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        stores = new RocksDbStateStores(root, BUDGET);
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Override
    protected StateStores stores() {
        return stores;
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
            stores.quarantine(TASK, "a test");
        }
        try (Stream<Path> aside = Files.list(root.resolve("orders"))) {
            assertThat(aside.filter(path -> path.toString().contains("quarantine")))
                    .hasSize(3);
        }
    }

    @Test
    void shouldSetAStoreAsideThatCannotBeOpened() throws IOException {
        try (StateStore store = stores.open(TASK)) {
            store.apply(List.of(StateChange.put(row(1), new byte[] {1})), position(7));
        }
        try (Stream<Path> files = Files.list(root.resolve("orders").resolve("3"))) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("MANIFEST"))
                    .toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 0x55;
                bytes[3] ^= 0x55;
                Files.write(file, bytes);
            }
        }

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
        for (int batch = 0; batch < 300; batch++) {
            List<StateChange> changes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                byte[] row = new byte[12];
                random.nextBytes(row);
                random.nextBytes(value);
                changes.add(StateChange.put(row, value.clone()));
            }
            all.get(batch % all.size()).apply(changes, position(batch));
        }
        assertThat(stores.memoryUsed()).isPositive().isLessThan(BUDGET * 5 / 4);
        all.forEach(StateStore::close);
    }

    @Test
    void shouldRefuseABudgetTooSmallToWork() {
        assertThatThrownBy(() -> new RocksDbStateStores(root, 1000)).isInstanceOf(IllegalArgumentException.class);
    }
}
