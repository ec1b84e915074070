package io.tidemark.kafka;

import io.tidemark.stream.KeyPlacement;
import java.util.zip.CRC32;

/**
 * The default of librdkafka, and of the clients of other languages that are made of it: the CRC32 of the key's bytes modulo the number of
 * partitions ({@code consistent_random} in librdkafka's CONFIGURATION.md).
 */
public final class Crc32Placement implements KeyPlacement {

    @Override
    public int partitionOf(byte[] key, int partitions) {
        CRC32 crc = new CRC32();
        crc.update(key);
        return (int) (crc.getValue() % partitions);
    }
}
