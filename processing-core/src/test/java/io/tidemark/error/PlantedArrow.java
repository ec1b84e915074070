package io.tidemark.error;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedArrow {
    private io.tidemark.stream.TaskId breaks;

    Object broken() {
        return breaks;
    }
}
