package io.tidemark.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is asked of Protobuf's descriptors. */
final class ProtobufDescriptors {

    private static final int MOST_CHARS = 1 << 20;
    private static final int SAMPLE_DEPTH = 3;
    private static final String SEPARATOR = ":";

    /** Types whose bytes another reads as the same number. */
    private static final Map<FieldDescriptor.Type, FieldDescriptor.Type> GROWS = Map.of(
            FieldDescriptor.Type.INT32, FieldDescriptor.Type.INT64,
            FieldDescriptor.Type.UINT32, FieldDescriptor.Type.UINT64,
            FieldDescriptor.Type.SINT32, FieldDescriptor.Type.SINT64);

    private ProtobufDescriptors() {}

    /** The full name and all files it needs, as text without marks of a history. */
    static String text(Descriptor descriptor) {
        Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
        collect(descriptor.getFile(), files);
        byte[] bytes = FileDescriptorSet.newBuilder()
                .addAllFile(files.values())
                .build()
                .toByteArray();
        return descriptor.getFullName()
                + SEPARATOR
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void collect(FileDescriptor file, Map<String, FileDescriptorProto> found) {
        if (!found.containsKey(file.getFullName())) {
            file.getDependencies().forEach(each -> collect(each, found));
            found.put(file.getFullName(), file.toProto());
        }
    }

    static FileDescriptorSet files(String text) {
        if (text.length() > MOST_CHARS) {
            throw new IllegalArgumentException("A descriptor of " + text.length() + " characters");
        }
        try {
            return FileDescriptorSet.parseFrom(
                    Base64.getUrlDecoder().decode(text.substring(text.indexOf(SEPARATOR) + 1)));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("A descriptor that is none", e);
        }
    }

    static Descriptor parse(String text) {
        String name = text.substring(0, Math.max(0, text.indexOf(SEPARATOR)));
        Map<String, FileDescriptor> made = new LinkedHashMap<>();
        try {
            for (FileDescriptorProto file : files(text).getFileList()) {
                FileDescriptor[] needed = new FileDescriptor[file.getDependencyCount()];
                for (int i = 0; i < needed.length; i++) {
                    FileDescriptor dependency = made.get(file.getDependency(i));
                    if (dependency == null) {
                        throw new IllegalArgumentException("A descriptor without the files it needs");
                    }
                    needed[i] = dependency;
                }
                made.put(file.getName(), FileDescriptor.buildFrom(file, needed));
            }
        } catch (DescriptorValidationException e) {
            throw new IllegalArgumentException("A descriptor that is none", e);
        }
        for (FileDescriptor file : made.values()) {
            for (Descriptor type : file.getMessageTypes()) {
                Descriptor found = named(type, name);
                if (found != null) {
                    return found;
                }
            }
        }
        throw new IllegalArgumentException("A descriptor without its message");
    }

    private static @Nullable Descriptor named(Descriptor type, String name) {
        if (type.getFullName().equals(name)) {
            return type;
        }
        for (Descriptor nested : type.getNestedTypes()) {
            Descriptor found = named(nested, name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Adds what messages of the stored descriptor would be misread as. */
    static void compare(Descriptor stored, Descriptor now, Set<String> misfits) {
        if (!stored.getFullName().equals(now.getFullName())) {
            misfits.add("stored as " + stored.getFullName() + ", declared as " + now.getFullName());
            return;
        }
        compare(stored, now, misfits, new HashSet<>());
    }

    private static void compare(Descriptor stored, Descriptor now, Set<String> misfits, Set<String> seen) {
        if (!seen.add(stored.getFullName() + " " + now.getFullName())) {
            return;
        }
        for (FieldDescriptor field : stored.getFields()) {
            FieldDescriptor same = now.findFieldByNumber(field.getNumber());
            FieldDescriptor named = now.findFieldByName(field.getName());
            String where = now.getName() + "." + field.getName();
            if (named != null && named.getNumber() != field.getNumber()) {
                misfits.add(where + " was number " + field.getNumber() + " and is " + named.getNumber()
                        + " now; a number never changes");
            } else if (same != null && !fits(field, same)) {
                misfits.add(where + ", number " + field.getNumber() + ", is stored as " + typeOf(field)
                        + " and declared as " + typeOf(same) + "; take a new number");
            } else if (same != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                compare(field.getMessageType(), same.getMessageType(), misfits, seen);
            }
        }
    }

    private static boolean fits(FieldDescriptor stored, FieldDescriptor now) {
        return stored.isRepeated() == now.isRepeated()
                && stored.isMapField() == now.isMapField()
                && (stored.getType() == now.getType() || GROWS.get(stored.getType()) == now.getType());
    }

    private static String typeOf(FieldDescriptor field) {
        return (field.isRepeated() ? "repeated " : "") + field.getType();
    }

    /** Made-up messages: one that is empty, and some with every field set. */
    static List<Message> samples(Descriptor descriptor) {
        List<Message> samples = new ArrayList<>();
        samples.add(DynamicMessage.getDefaultInstance(descriptor));
        samples.add(sample(descriptor, 1, SAMPLE_DEPTH));
        samples.add(sample(descriptor, -2, SAMPLE_DEPTH));
        return samples;
    }

    private static Message sample(Descriptor descriptor, int number, int depth) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(descriptor);
        for (FieldDescriptor field : descriptor.getFields()) {
            boolean nested = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            if (nested && depth <= 0) {
                continue;
            }
            Object value = sample(field, number, depth - 1);
            if (field.isRepeated()) {
                message.addRepeatedField(field, value);
            } else {
                message.setField(field, value);
            }
        }
        return message.buildPartial();
    }

    private static Object sample(FieldDescriptor field, int number, int depth) {
        return switch (field.getJavaType()) {
            case INT -> number;
            case LONG -> (long) number;
            case FLOAT -> number / 2f;
            case DOUBLE -> number / 4d;
            case BOOLEAN -> number > 0;
            case STRING -> "text " + number;
            case BYTE_STRING -> ByteString.copyFrom(new byte[] {(byte) number, 0});
            case ENUM -> field.getEnumType().getValues().get(0);
            case MESSAGE -> sample(field.getMessageType(), number, depth);
        };
    }
}
