package io.tidemark.stream;

/** Where a partitioner puts keys. */
@FunctionalInterface
public interface KeyPlacement {

    /** The partition a key belongs to, of so many. */
    int partitionOf(byte[] key, int partitions);
}
