package io.tidemark.kafka;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedRuntime {
    Object breaks() {
        return io.tidemark.runtime.WorkerSettings.class;
    }
}
