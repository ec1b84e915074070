package io.tidemark.state;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedLibrary {
    Object breaks() {
        return new java.util.concurrent.ConcurrentHashMap<String, String>();
    }
}
