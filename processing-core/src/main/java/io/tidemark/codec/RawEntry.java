package io.tidemark.codec;

import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compact format ({@link RawCodecs}) in the history of a state that has left it behind: {@code raw:id:schema}. Its values have no version in
 * front; they are told apart by their length, or, of texts, by their first byte, which is never {@code 0xFF} in UTF-8.
 */
record RawEntry(String id, String schema) {

    /** Stands before every value that is not in the compact format. */
    static final int ESCAPE = 0xFF;

    private static final String PREFIX = "raw:";
    private static final String BYTES = "bytes";

    /** Those whose values are all of one length. */
    private static final Map<String, Integer> LENGTHS =
            Map.of("long", 8, "integer", 4, "double", 8, "boolean", 1, "instant", 12, "uuid", 16);

    private static final Map<String, String> WORDS = Map.of(
            "long", "long?",
            "integer", "int?",
            "double", "double?",
            "boolean", "boolean?",
            "string", "string",
            "instant", "instant",
            "uuid", "uuid");

    static boolean isRaw(String entry) {
        return entry.startsWith(PREFIX);
    }

    static String text(StoredFormat stored) {
        String schema =
                stored.id().equals(EnumCodec.ID) ? String.join(",", EnumCodec.names(stored.schema())) : stored.schema();
        return PREFIX + stored.id() + ":" + schema;
    }

    static RawEntry parse(String entry) {
        String[] parts = entry.split(":", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException("An entry of a history that is none");
        }
        return new RawEntry(parts[1], parts[2]);
    }

    /** Whether a value of the compact format may be that long, so that another one must not. */
    boolean isAsLongAs(int length) {
        return Integer.valueOf(length).equals(LENGTHS.get(id));
    }

    boolean isEscaped(byte[] bytes) {
        Integer length = LENGTHS.get(id);
        return length == null ? bytes.length > 0 && bytes[0] == (byte) ESCAPE : bytes.length != length;
    }

    /** How values of the compact format are read as values of a type; misfits go to {@code fit}. */
    Reading readingAs(StoredType<?> type, Fit fit) {
        if (id.equals(BYTES)) {
            return fit.misfit("stored as bytes, which nothing tells apart from another format; keep byte[], or give"
                    + " the state another name");
        }
        StateCodec<?> own = type.raw();
        if (own != null && own.id().equals(id)) {
            CodecFit sameKind = own.fit(new StoredFormat(id, schema));
            sameKind.misfits().forEach(fit::misfit);
            return in -> own.decode(in.readRest());
        }
        String word = WORDS.get(id);
        StateCodec<?> codec = word == null ? null : RawCodecs.byId(id);
        if (word == null || codec == null) {
            return fit.misfit(
                    "stored as " + id + ", declared as " + type.form().shape().text());
        }
        Reading content = fit.reading(type.form(), new Shape.Scalar(word));
        ScalarForm written = Scalars.byWord(word);
        return in -> read(codec, written, content, in);
    }

    private static @Nullable Object read(
            StateCodec<?> codec, @Nullable ScalarForm written, Reading content, ValueInput in) {
        Object value = codec.decode(in.readRest());
        if (written == null) {
            throw new IllegalStateException("Each compact format is one of a scalar");
        }
        ValueOutput out = new ValueOutput(24);
        written.write(value, out);
        return content.read(new ValueInput(out.toBytes()));
    }
}
