package io.tidemark.runtime;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where state lives on this machine.
 *
 * @param backend where committed rows live
 * @param directory directory of this machine's state; holds the process id with either backend
 * @param memory bytes of memory for all RocksDB instances together
 * @param scrub whether each store is read and checked as a whole when it is opened
 * @param keepUnused how long the store of a task that is not here is kept
 * @param catchUp how long a restart may take to read again what the local stores lag behind, about
 * @param instanceId name of this instance that outlives its directory, or {@code null} when the directory keeps one
 */
public record StateSettings(
        StateBackend backend,
        Path directory,
        long memory,
        boolean scrub,
        Duration keepUnused,
        Duration catchUp,
        @Nullable String instanceId) {

    /** Long enough for a task to come back warm from any deployment, short enough for a disk not to fill with what others have. */
    public static final Duration KEEP_UNUSED = Duration.ofHours(24);

    /** Hardly felt in a restart, and long enough for a value that changes often to be written once. */
    public static final Duration CATCH_UP = Duration.ofSeconds(1);

    /** Settings of an instance whose directory keeps its name. */
    public StateSettings(StateBackend backend, Path directory, long memory, boolean scrub) {
        this(backend, directory, memory, scrub, KEEP_UNUSED, CATCH_UP, null);
    }
}
