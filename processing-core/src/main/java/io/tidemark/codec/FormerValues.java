package io.tidemark.codec;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.cbor.CBORFactory;

/**
 * Reads values of the format before this one: CBOR with names, or records by position ({@link FormerLayout}). Nothing is written like that any
 * more.
 */
final class FormerValues {

    private static final String CBOR = "cbor:";
    private static final CBORFactory FACTORY = new CBORFactory();

    private final Type type;
    private final Form form;
    private @Nullable FormerShape shape;

    FormerValues(Type type, Form form) {
        this.type = type;
        this.form = form;
    }

    private synchronized FormerShape shape() {
        FormerShape read = shape;
        if (read == null) {
            read = FormerShapeReader.shapeOf(type);
            shape = read;
        }
        return read;
    }

    private static String text(String schema) {
        return schema.startsWith(CBOR) ? schema.substring(CBOR.length()) : schema;
    }

    /** What stands against reading values of that schema. */
    List<String> misfits(String schema) {
        FormerShape stored = FormerShape.parse(text(schema));
        if (!shape().reads(stored)) {
            return List.of("stored as " + stored.text() + ", declared as " + shape().text());
        }
        List<String> renames = new ArrayList<>();
        shape().renamesSince(stored, "", renames);
        return renames;
    }

    /** How values of a schema are read that {@link #misfits} found to fit. */
    Reading readingOf(String schema) {
        FormerShape stored = FormerShape.parse(text(schema));
        if (schema.startsWith(CBOR)) {
            return in -> FormerTrees.valueOf(form, tree(in.readRest()), stored);
        }
        FormerLayout layout = FormerLayout.parse(schema);
        return new HeadedReading() {
            @Override
            public Object read(ValueInput in, boolean anyNull) {
                Object value = FormerTrees.valueOf(form, layout.read(in, anyNull), stored);
                if (value == null) {
                    throw new IllegalArgumentException("Nothing where a value is stored");
                }
                return value;
            }

            @Override
            public Object read(ValueInput in) {
                return read(in, in.readBoolean());
            }
        };
    }

    static @Nullable Object tree(byte[] cbor) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), cbor)) {
            return FormerTrees.read(parser);
        }
    }
}
