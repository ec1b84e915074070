package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import java.util.List;

/** Map keys of one type that is no record. */
record OrderedCodec<T>(Class<?> type, OrderedForm<T> form) implements StateCodec<T> {

    @Override
    public String id() {
        return "key";
    }

    @Override
    public String schema() {
        return form.word();
    }

    @Override
    public byte[] encode(T value) {
        ValueOutput out = new ValueOutput(16);
        form.write(value, out);
        return out.toBytes();
    }

    @Override
    public T decode(byte[] bytes) {
        ValueInput in = new ValueInput(bytes);
        T value = form.read(in);
        in.requireEnd();
        return value;
    }

    @Override
    public List<T> samples() {
        return form.samples();
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
        return other instanceof OrderedCodec<?> that && type == that.type;
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }
}
