package io.tidemark.runtime;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedSpring {
    Object breaks() {
        return org.springframework.util.StringUtils.class;
    }
}
