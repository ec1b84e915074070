package io.tidemark.task;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedClock {
    long breaks() {
        return System.nanoTime();
    }
}
