package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Api;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** With messages that come with Protobuf itself. */
class ProtobufStateCodecTest {

    /** The format of a version of {@link Timestamp} that never was. */
    private static StoredFormat stored(Consumer<DescriptorProto.Builder> change) {
        FileDescriptorProto.Builder file = Timestamp.getDescriptor().getFile().toProto().toBuilder();
        change.accept(file.getMessageTypeBuilder(0));
        try {
            FileDescriptor built = FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
            return new StoredFormat(
                    "protobuf", ProtobufDescriptors.text(built.getMessageTypes().get(0)));
        } catch (com.google.protobuf.Descriptors.DescriptorValidationException e) {
            throw new AssertionError(e);
        }
    }

    private static FieldDescriptorProto field(String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setType(type)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                .build();
    }

    @Nested
    class Flat extends StateCodecContract<Timestamp> {

        @Override
        StateCodec<Timestamp> codec() {
            return ProtobufStateCodec.of(Timestamp.class);
        }

        @Override
        List<Timestamp> values() {
            return List.of(
                    Timestamp.newBuilder().setSeconds(-5).setNanos(7).build(),
                    Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).build());
        }

        @Override
        List<StoredFormat> readable() {
            return List.of(
                    stored(type -> type.removeField(1)),
                    stored(type -> type.addField(field("zone", 3, FieldDescriptorProto.Type.TYPE_STRING))),
                    stored(type -> type.getFieldBuilder(0).setType(FieldDescriptorProto.Type.TYPE_INT32)));
        }

        @Override
        List<StoredFormat> unreadable() {
            return List.of(
                    stored(type -> type.getFieldBuilder(0).setType(FieldDescriptorProto.Type.TYPE_STRING)),
                    stored(type -> type.getFieldBuilder(0).setNumber(5)),
                    stored(type -> type.getFieldBuilder(1).setLabel(FieldDescriptorProto.Label.LABEL_REPEATED)));
        }
    }

    @Nested
    class Nestings extends StateCodecContract<Struct> {

        @Override
        StateCodec<Struct> codec() {
            return ProtobufStateCodec.of(Struct.class);
        }

        @Override
        List<Struct> values() {
            Struct inner = Struct.newBuilder()
                    .putFields("a", Value.newBuilder().setNumberValue(1).build())
                    .putFields("b", Value.newBuilder().setBoolValue(true).build())
                    .build();
            return List.of(Struct.newBuilder()
                    .putFields("s", Value.newBuilder().setStructValue(inner).build())
                    .putFields("t", Value.newBuilder().setStringValue("ä").build())
                    .build());
        }

        @Override
        List<StoredFormat> readable() {
            return List.of();
        }

        @Override
        List<StoredFormat> unreadable() {
            return List.of(ProtobufStateCodec.of(Api.class).format());
        }
    }

    /** Numbers that were used once stay compared, however long ago. */
    @Test
    void shouldCompareWithEveryVersionThereWas() {
        ProtobufStateCodec<Timestamp> codec = ProtobufStateCodec.of(Timestamp.class);
        StoredFormat reused = stored(type -> type.getFieldBuilder(1).setType(FieldDescriptorProto.Type.TYPE_STRING));
        StoredFormat without = stored(type -> type.removeField(1));
        StoredFormat both = new StoredFormat("protobuf", reused.schema() + ";" + without.schema());

        assertThat(codec.fit(without).isReadable()).isTrue();
        assertThat(codec.fit(both).misfits()).singleElement().asString().contains("Timestamp.nanos, number 2");
    }

    /** What a later version wrote stays in the message. */
    @Test
    void shouldDropNothingOnTheWayBack() {
        ProtobufStateCodec<Timestamp> codec = ProtobufStateCodec.of(Timestamp.class);
        StoredFormat later = stored(type -> type.addField(field("zone", 3, FieldDescriptorProto.Type.TYPE_STRING)));
        StoredFormat both = new StoredFormat("protobuf", codec.schema() + ";" + later.schema());
        byte[] written = {8, 5, 26, 3, 'C', 'E', 'T'};

        CodecFit back = codec.fit(both);

        assertThat(back.behind()).isTrue();
        assertThat(back.drops()).isEmpty();
        assertThat(codec.encode(codec.decode(written))).isEqualTo(written);
    }

    @Test
    void shouldTakeGeneratedClassesOnly() {
        ProtobufStateCodecs codecs = new ProtobufStateCodecs();

        assertThat(codecs.codecFor(Timestamp.class)).isEqualTo(ProtobufStateCodec.of(Timestamp.class));
        assertThat(codecs.codecFor(Message.class)).isNull();
        assertThat(codecs.codecFor(String.class)).isNull();
        assertThatThrownBy(() -> StateCodecs.forType(Timestamp.class)).hasMessageContaining("Protobuf");
    }
}
