package io.tidemark.runtime;

/** Where committed rows live on this machine. */
public enum StateBackend {
    ROCKSDB,
    HEAP
}
