package io.tidemark.kafka;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedArrow {
    private io.tidemark.task.KeyedTask breaks;

    Object broken() {
        return breaks;
    }
}
