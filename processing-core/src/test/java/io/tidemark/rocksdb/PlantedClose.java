package io.tidemark.rocksdb;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedClose {
    void breaks(org.rocksdb.Slice slice) {
        slice.close();
    }
}
