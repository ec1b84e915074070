package io.tidemark.annotation;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedDependency {

    Object breaks() {
        return io.tidemark.runtime.StateBackend.HEAP;
    }
}
