package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.error.EnvironmentRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

    @TempDir
    private Path root;

    /** Keys and values of everybody lie there. */
    @Test
    void shouldBeReadableByItsOwnerOnly() throws IOException {
        try (StateDirectory held = acquire("app")) {
            assertThat(permissions(held.path())).isEqualTo("rwx------");
            assertThat(permissions(held.path().resolve("process-id"))).isEqualTo("rw-------");
            assertThat(permissions(held.path().resolve("lock"))).isEqualTo("rw-------");
        }
    }

    @Test
    void shouldRefuseALinkInThePlaceOfAProcessor() throws IOException {
        acquire("app").close();
        Path elsewhere = Files.createDirectories(root.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("app/orders"), elsewhere);

        assertThatThrownBy(() -> acquire("app"))
                .isInstanceOf(EnvironmentRefused.class)
                .hasMessageContaining("orders is a symbolic link");
    }

    /** A restored backup would be the one that gives way for ever. */
    @Test
    void shouldBecomeTheOriginalAfterAQuietDay() throws IOException {
        acquire("app").close();
        Files.move(root.resolve("app"), root.resolve("moved"));
        long start = System.nanoTime();
        Rivalry rivalry = new Rivalry("here", "me", false);
        try (StateDirectory moved = acquire("moved")) {
            assertThat(moved.isOriginal()).isFalse();
            moved.watch(rivalry);
            rivalry.fenced(start + Duration.ofHours(23).toNanos());

            moved.settle(start + Duration.ofHours(23).toNanos());
            moved.settle(start + Duration.ofHours(23).plusMinutes(1).toNanos());
        }
        try (StateDirectory again = acquire("moved")) {
            assertThat(again.isOriginal()).as("a day, and a quiet one").isFalse();
            again.watch(rivalry);
            again.settle(System.nanoTime() + Duration.ofHours(25).toNanos());
        }
        try (StateDirectory again = acquire("moved")) {
            assertThat(again.isOriginal()).isTrue();
        }
    }

    private StateDirectory acquire(String application) {
        return StateDirectory.acquire(
                new StateSettings(StateBackend.ROCKSDB, root, 32 << 20, false), application, "this test");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
