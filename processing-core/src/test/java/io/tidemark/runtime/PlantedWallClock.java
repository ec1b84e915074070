package io.tidemark.runtime;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedWallClock {
    long breaks() {
        return System.currentTimeMillis();
    }
}
