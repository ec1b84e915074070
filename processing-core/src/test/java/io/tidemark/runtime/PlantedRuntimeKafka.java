package io.tidemark.runtime;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedRuntimeKafka {
    Object breaks() {
        return new org.apache.kafka.common.TopicPartition("t", 0);
    }
}
