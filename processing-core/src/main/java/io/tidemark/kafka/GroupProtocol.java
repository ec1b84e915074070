package io.tidemark.kafka;

/** How a consumer group shares out its partitions. */
public enum GroupProtocol {
    /** Members agree among themselves; session timeout and heartbeat are ours to set. */
    CLASSIC,
    /** The broker decides (KIP-848); session timeout and heartbeat are the broker's. */
    CONSUMER
}
