package io.tidemark.rocksdb;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedArrow {
    private io.tidemark.checkpoint.Pointer breaks;

    Object broken() {
        return breaks;
    }
}
