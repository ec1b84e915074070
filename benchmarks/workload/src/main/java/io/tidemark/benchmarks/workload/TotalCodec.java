package io.tidemark.benchmarks.workload;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Totals as bytes: {@code count (8) | sum (8) | highest (4) | time (8)}. */
public final class TotalCodec implements Serializer<Total>, Deserializer<Total> {

    private static final int LENGTH = Long.BYTES * 3 + Integer.BYTES;

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable Total total) {
        return total == null
                ? null
                : ByteBuffer.allocate(LENGTH)
                        .putLong(total.count())
                        .putLong(total.sum())
                        .putInt(total.highest())
                        .putLong(total.time())
                        .array();
    }

    @Override
    public @Nullable Total deserialize(String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new Total(in.getLong(), in.getLong(), in.getInt(), in.getLong());
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        // Has nothing to choose.
    }
}
