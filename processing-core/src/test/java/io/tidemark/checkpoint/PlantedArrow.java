package io.tidemark.checkpoint;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedArrow {
    private io.tidemark.state.StateStore breaks;

    Object broken() {
        return breaks;
    }
}
