package io.tidemark.runtime;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What all processors of one application share.
 *
 * @param applicationId names groups, changelogs and transactions
 * @param backend where committed rows live on this machine
 * @param stateDirectory directory of this machine's state; holds the process id with either backend
 * @param stateMemory bytes of memory for all RocksDB instances together
 * @param stopBudget how long an orderly stop may take
 * @param leaveOnStop whether a stop gives up its place in the group at once, for scaling down
 */
public record RuntimeSettings(
        String applicationId,
        StateBackend backend,
        Path stateDirectory,
        long stateMemory,
        Duration stopBudget,
        boolean leaveOnStop) {}
