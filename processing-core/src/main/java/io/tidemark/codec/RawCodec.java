package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import java.util.List;
import java.util.function.Function;

/** A codec whose bytes compare, unsigned, in the order of the values: usable for sub-keys as well as for values. */
record RawCodec<T>(String id, Class<T> type, Function<T, byte[]> writer, Function<byte[], T> reader)
        implements StateCodec<T> {

    @Override
    public String schema() {
        return id;
    }

    @Override
    public byte[] encode(T value) {
        return writer.apply(value);
    }

    @Override
    public T decode(byte[] bytes) {
        return reader.apply(bytes);
    }

    /** Those of the same type wherever it is part of another. */
    @Override
    public List<T> samples() {
        ScalarForm form = Scalars.byClass(type);
        return form == null
                ? List.of()
                : form.samples(1).stream().map(type::cast).toList();
    }

    @Override
    public boolean isProven() {
        return true;
    }
}
