package io.tidemark.stream;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedArrow {
    private io.tidemark.api.RecordOrigin breaks;

    Object broken() {
        return breaks;
    }
}
