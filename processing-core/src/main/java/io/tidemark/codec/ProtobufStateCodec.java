package io.tidemark.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.UnstorableValue;
import io.tidemark.api.VersionedCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Protobuf's messages as state, in their own bytes. The descriptors they were written with are kept with the state: at start it is seen that no
 * number has become something else. Fields a version does not know stay in its messages and are written again, so that nothing is dropped on the
 * way back.
 *
 * @param <T> a generated class
 */
public final class ProtobufStateCodec<T extends Message> implements VersionedCodec<T> {

    private static final String ID = "protobuf";

    private final T empty;
    private final String schema;

    private ProtobufStateCodec(T empty) {
        this.empty = empty;
        this.schema = ProtobufDescriptors.text(empty.getDescriptorForType());
    }

    /** Of a class that Protobuf generated. */
    public static <T extends Message> ProtobufStateCodec<T> of(Class<T> type) {
        return new ProtobufStateCodec<>(Internal.getDefaultInstance(type));
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String schema() {
        return schema;
    }

    @Override
    public byte[] encode(T value) {
        if (value.getClass() != empty.getClass()) {
            throw new UnstorableValue("a " + value.getClass().getName() + " stands where "
                    + empty.getClass().getName() + " is declared");
        }
        byte[] bytes = new byte[value.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            value.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    @Override
    @SuppressWarnings("unchecked") // the parser is the type's own
    public T decode(byte[] bytes) {
        try {
            return (T) empty.getParserForType().parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("Bytes that are no such message", e);
        }
    }

    @Override
    public CodecFit fit(StoredFormat stored) {
        Descriptor now = empty.getDescriptorForType();
        if (!stored.id().equals(ID)) {
            return CodecFit.misfit("stored as " + stored.id() + ", declared as Protobuf's " + now.getFullName());
        }
        History before = History.parse(stored.schema());
        Set<String> misfits = new LinkedHashSet<>();
        for (String each : before.schemas()) {
            ProtobufDescriptors.compare(ProtobufDescriptors.parse(each), now, misfits);
        }
        return new CodecFit(List.copyOf(misfits), List.of(), before.isPast(schema));
    }

    @Override
    public StoredFormat formatAfter(@Nullable StoredFormat stored) {
        return stored == null
                ? format()
                : new StoredFormat(
                        ID, History.parse(stored.schema()).with(schema).text());
    }

    /** Messages describe themselves by numbers: the history is there to be compared with, not to be read by. */
    @Override
    public StateCodec<T> boundTo(StoredFormat format) {
        return this;
    }

    @Override
    public List<T> samples() {
        List<T> samples = new ArrayList<>();
        for (Message each : ProtobufDescriptors.samples(empty.getDescriptorForType())) {
            samples.add(decode(each.toByteArray()));
        }
        return samples;
    }

    @Override
    public boolean isProven() {
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProtobufStateCodec<?> that && empty.getClass() == that.empty.getClass();
    }

    @Override
    public int hashCode() {
        return empty.getClass().hashCode();
    }
}
