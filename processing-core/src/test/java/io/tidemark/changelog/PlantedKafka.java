package io.tidemark.changelog;

/** Planted on purpose: breaks a rule of the architecture so that the rule is seen red. */
public final class PlantedKafka {
    Object breaks() {
        return new org.apache.kafka.common.TopicPartition("t", 0);
    }
}
