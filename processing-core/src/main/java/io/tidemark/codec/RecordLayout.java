package io.tidemark.codec;

import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.dataformat.cbor.CBORMapper;

/** What the bytes of one schema hold, in order. */
final class RecordLayout {

    private final List<Part> parts;

    /** A component. */
    record Part(String name, ComponentForm form) {}

    private RecordLayout(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * @throws IllegalArgumentException when the text describes no record
     */
    static RecordLayout parse(String schema) {
        if (!(Shape.parse(schema) instanceof Shape.Fields fields)) {
            throw new IllegalArgumentException("A schema that is no record");
        }
        return new RecordLayout(fields.byName().entrySet().stream()
                .map(field -> new Part(field.getKey(), ComponentForm.of(field.getValue())))
                .toList());
    }

    List<Part> parts() {
        return parts;
    }

    static boolean isSet(byte[] bits, int index) {
        return (bits[index / Byte.SIZE] & (1 << (index % Byte.SIZE))) != 0;
    }

    /** The rest of a value, which was written with this schema, as CBOR with names. */
    byte[] toCbor(RecordInput in, boolean nulls, CBORMapper mapper) {
        byte[] absent = nulls ? in.readBytes((parts.size() + Byte.SIZE - 1) / Byte.SIZE) : new byte[0];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator cbor = mapper.createGenerator(out)) {
            cbor.writeStartObject();
            for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get(i);
                cbor.writeName(part.name());
                if (nulls && isSet(absent, i)) {
                    cbor.writeNull();
                } else {
                    write(part.form(), in, cbor, mapper);
                }
            }
            cbor.writeEndObject();
        }
        in.requireEnd();
        return out.toByteArray();
    }

    private static void write(ComponentForm form, RecordInput in, JsonGenerator cbor, CBORMapper mapper) {
        switch (form) {
            case WHOLE -> cbor.writeNumber(in.readWhole());
            case DOUBLE -> cbor.writeNumber(in.readDouble());
            case FLOAT -> cbor.writeNumber(in.readFloat());
            case BOOLEAN -> cbor.writeBoolean(in.readBoolean());
            case TEXT -> cbor.writeString(in.readText());
            case BYTES -> cbor.writeBinary(in.readSized());
            case EMBEDDED -> {
                try (JsonParser embedded = mapper.createParser(in.readSized())) {
                    embedded.nextToken();
                    cbor.copyCurrentStructure(embedded);
                }
            }
        }
    }
}
