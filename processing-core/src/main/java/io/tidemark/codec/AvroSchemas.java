package io.tidemark.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** What is asked of Avro's schemas. */
final class AvroSchemas {

    private static final int MOST_CHARS = 512 << 10;
    private static final int MOST_FIXED = 1 << 20;
    private static final int SAMPLES = 3;
    private static final int SAMPLE_DEPTH = 4;

    /** Properties by which a schema names a class. */
    private static final List<String> CLASSES = List.of("java-class", "java-key-class", "java-element-class");

    private AvroSchemas() {}

    /** A schema as text without marks of a history. */
    static String text(Schema schema) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(schema.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @throws IllegalArgumentException when it is none, or names a class
     */
    static Schema parse(String text) {
        if (text.length() > MOST_CHARS) {
            throw new IllegalArgumentException("A schema of " + text.length() + " characters");
        }
        try {
            Schema schema =
                    new Schema.Parser().parse(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
            refuseClasses(schema, new HashSet<>());
            return schema;
        } catch (org.apache.avro.AvroRuntimeException e) {
            throw new IllegalArgumentException("A schema that is none", e);
        }
    }

    private static void refuseClasses(Schema schema, Set<Schema> seen) {
        refuseClasses(schema);
        if (schema.getType() == Schema.Type.FIXED && schema.getFixedSize() > MOST_FIXED) {
            throw new IllegalArgumentException("A fixed of " + schema.getFixedSize() + " bytes");
        }
        switch (schema.getType()) {
            case ARRAY -> refuseClasses(schema.getElementType(), seen);
            case MAP -> refuseClasses(schema.getValueType(), seen);
            case UNION -> schema.getTypes().forEach(each -> refuseClasses(each, seen));
            case RECORD -> {
                if (seen.add(schema)) {
                    for (Schema.Field field : schema.getFields()) {
                        refuseClasses(field);
                        refuseClasses(field.schema(), seen);
                    }
                }
            }
            default -> {}
        }
    }

    private static void refuseClasses(JsonProperties properties) {
        for (String each : CLASSES) {
            if (properties.getObjectProp(each) != null) {
                throw new IllegalArgumentException("A schema with '" + each + "', which names a class");
            }
        }
    }

    /** Adds the fields of records that one schema has and the other reads over. */
    static void drops(Schema written, Schema read, Set<String> found) {
        drops(written, read, "", found, new HashSet<>());
    }

    private static void drops(Schema written, Schema read, String path, Set<String> found, Set<String> seen) {
        if (written.getType() != read.getType()) {
            return; // a union against one of its branches: compatible, and nothing is known to be lost
        }
        switch (written.getType()) {
            case ARRAY -> drops(written.getElementType(), read.getElementType(), path + " element", found, seen);
            case MAP -> drops(written.getValueType(), read.getValueType(), path + " value", found, seen);
            case UNION -> {
                for (Schema branch : written.getTypes()) {
                    for (Schema other : read.getTypes()) {
                        if (branch.getType() == other.getType()) {
                            drops(branch, other, path, found, seen);
                        }
                    }
                }
            }
            case RECORD -> {
                if (seen.add(written.getFullName() + " " + read.getFullName())) {
                    for (Schema.Field field : written.getFields()) {
                        Schema.Field other = fieldFor(read, field.name());
                        if (other == null) {
                            found.add(path + read.getName() + "." + field.name());
                        } else {
                            drops(
                                    field.schema(),
                                    other.schema(),
                                    path + read.getName() + "." + field.name() + " ",
                                    found,
                                    seen);
                        }
                    }
                }
            }
            default -> {}
        }
    }

    private static Schema.@Nullable Field fieldFor(Schema record, String name) {
        for (Schema.Field field : record.getFields()) {
            if (field.name().equals(name) || field.aliases().contains(name)) {
                return field;
            }
        }
        return null;
    }

    static boolean hasMaps(Schema schema) {
        return schema.toString().contains("\"type\":\"map\"");
    }

    /** Equal, and of the same kinds of text: what was a {@code String} is not to come back as something else that prints the same. */
    static boolean same(@Nullable Object a, @Nullable Object b) {
        return Objects.equals(a, b) && sameTexts(a, b);
    }

    private static boolean sameTexts(@Nullable Object a, @Nullable Object b) {
        if (a instanceof CharSequence && b instanceof CharSequence) {
            return a.getClass() == b.getClass();
        }
        if (a instanceof IndexedRecord left && b instanceof IndexedRecord right) {
            for (Schema.Field field : left.getSchema().getFields()) {
                if (!sameTexts(left.get(field.pos()), right.get(field.pos()))) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) {
            Class<?> key = left.isEmpty()
                    ? Object.class
                    : left.keySet().iterator().next().getClass();
            return (right.isEmpty() || right.keySet().iterator().next().getClass() == key)
                    && sameInOrder(left.values(), right.values(), left.size() < 2);
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            return sameInOrder(left, right, true);
        }
        return true;
    }

    private static boolean sameInOrder(Iterable<?> a, Iterable<?> b, boolean ordered) {
        Iterator<?> right = b.iterator();
        for (Object left : a) {
            if (!right.hasNext() || (ordered && !sameTexts(left, right.next()))) {
                return false;
            }
            if (!ordered && right.hasNext()) {
                right.next();
            }
        }
        return true;
    }

    /** Bytes of made-up values. */
    static List<byte[]> samples(Schema schema) {
        List<byte[]> samples = new ArrayList<>();
        GenericDatumWriter<Object> writer = new GenericDatumWriter<>(schema, new GenericData());
        for (int i = 0; i < SAMPLES; i++) {
            Object datum = sample(schema, i, SAMPLE_DEPTH);
            if (datum == null) {
                return samples; // it contains itself without an end
            }
            try {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
                writer.write(datum, encoder);
                encoder.flush();
                samples.add(out.toByteArray());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return samples;
    }

    /** As Avro holds it without classes and logical types; {@code null} also where it would go too deep. */
    private static @Nullable Object sample(Schema schema, int variant, int depth) {
        return switch (schema.getType()) {
            case BOOLEAN -> variant % 2 == 0;
            case INT -> variant;
            case LONG -> (long) variant;
            case FLOAT -> variant / 2f;
            case DOUBLE -> variant / 4d;
            case STRING -> "text " + variant;
            case BYTES -> ByteBuffer.wrap(new byte[] {(byte) variant, 1});
            case FIXED -> new GenericData.Fixed(schema, new byte[schema.getFixedSize()]);
            case ENUM ->
                new GenericData.EnumSymbol(
                        schema,
                        schema.getEnumSymbols()
                                .get(variant % schema.getEnumSymbols().size()));
            case ARRAY -> {
                Object element = depth <= 0 ? null : sample(schema.getElementType(), variant, depth - 1);
                yield element == null ? List.of() : List.of(element);
            }
            case MAP -> {
                Object value = depth <= 0 ? null : sample(schema.getValueType(), variant, depth - 1);
                yield value == null ? Map.of() : Map.of("key", value);
            }
            case UNION -> {
                List<Schema> branches = schema.getTypes();
                Schema branch = branches.get(variant % branches.size());
                yield branch.getType() == Schema.Type.NULL || depth <= 0 ? null : sample(branch, variant, depth - 1);
            }
            case RECORD -> record(schema, variant, depth);
            case NULL -> null;
        };
    }

    private static @Nullable Object record(Schema schema, int variant, int depth) {
        if (depth <= 0) {
            return null;
        }
        GenericData.Record record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
            Object value = sample(field.schema(), variant, depth - 1);
            if (value == null && !field.schema().isNullable()) {
                return null;
            }
            record.put(field.pos(), value);
        }
        return record;
    }
}
