package io.tidemark.runtime;

import java.nio.file.Path;

/**
 * Where state lives on this machine.
 *
 * @param backend where committed rows live
 * @param directory directory of this machine's state; holds the process id with either backend
 * @param memory bytes of memory for all RocksDB instances together
 * @param scrub whether each store is read and checked as a whole when it is opened
 */
public record StateSettings(StateBackend backend, Path directory, long memory, boolean scrub) {}
