package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import java.util.function.Function;

/** A codec whose bytes compare, unsigned, in the order of the values: usable for sub-keys as well as for values. */
record RawCodec<T>(String id, String schema, Function<T, byte[]> writer, Function<byte[], T> reader)
        implements StateCodec<T> {

    RawCodec(String id, Function<T, byte[]> writer, Function<byte[], T> reader) {
        this(id, id, writer, reader);
    }

    @Override
    public byte[] encode(T value) {
        return writer.apply(value);
    }

    @Override
    public T decode(byte[] bytes) {
        return reader.apply(bytes);
    }
}
