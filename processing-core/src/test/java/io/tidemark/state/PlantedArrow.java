package io.tidemark.state;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedArrow {
    private io.tidemark.changelog.Segment breaks;

    Object broken() {
        return breaks;
    }
}
