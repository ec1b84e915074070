package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/** An enum constant as its name. The type comes from the declaration, never from the bytes. */
record EnumCodec<E extends Enum<E>>(Class<E> type, String schema) implements StateCodec<E> {

    private static final String ID = "enum";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public byte[] encode(E value) {
        return value.name().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public E decode(byte[] bytes) {
        return Enum.valueOf(type, new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public boolean reads(String id, String stored) {
        return ID.equals(id) && Set.of(schema.split(",")).containsAll(Arrays.asList(stored.split(",")));
    }
}
