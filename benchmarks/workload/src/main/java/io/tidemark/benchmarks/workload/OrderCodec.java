package io.tidemark.benchmarks.workload;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** Orders as bytes: {@code time (8) | amount (4) | note (ASCII)}. */
public final class OrderCodec implements Serializer<Order>, Deserializer<Order> {

    private static final int FIXED = Long.BYTES + Integer.BYTES;

    @Override
    public byte[] serialize(String topic, Order order) {
        byte[] note = order.note().getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(FIXED + note.length)
                .putLong(order.time())
                .putInt(order.amount())
                .put(note)
                .array();
    }

    @Override
    public Order deserialize(String topic, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new Order(
                in.getLong(), in.getInt(), new String(bytes, FIXED, bytes.length - FIXED, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    @Override
    public void configure(java.util.Map<String, ?> configs, boolean isKey) {
        // Has nothing to choose.
    }
}
