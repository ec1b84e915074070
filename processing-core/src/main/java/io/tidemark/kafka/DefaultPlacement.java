package io.tidemark.kafka;

import io.tidemark.stream.KeyPlacement;
import org.apache.kafka.common.utils.Utils;

/** Kafka's default for records with a key: murmur2 of the key's bytes, the sign bit cleared, modulo the number of partitions. */
public final class DefaultPlacement implements KeyPlacement {

    @Override
    public int partitionOf(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
