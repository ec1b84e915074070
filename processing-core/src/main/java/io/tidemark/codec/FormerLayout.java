package io.tidemark.codec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the bytes of a record by position held in the format before this one, in order. */
final class FormerLayout {

    private final List<Part> parts;

    /** A component. */
    record Part(String name, FormerForm form) {}

    private FormerLayout(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * @throws IllegalArgumentException when the text describes no record
     */
    static FormerLayout parse(String schema) {
        if (!(FormerShape.parse(schema) instanceof FormerShape.Fields fields)) {
            throw new IllegalArgumentException("A schema that is no record");
        }
        return new FormerLayout(fields.byName().entrySet().stream()
                .map(field -> new Part(field.getKey(), FormerForm.of(field.getValue())))
                .toList());
    }

    /** The rest of a value, which was written with this schema, by the names of its components. */
    Map<String, @Nullable Object> read(ValueInput in, boolean anyNull) {
        Nulls nulls = Nulls.read(in, anyNull, parts.size());
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            fields.put(part.name(), nulls.isSet(i) ? null : read(part.form(), in));
        }
        return fields;
    }

    private static @Nullable Object read(FormerForm form, ValueInput in) {
        Object raw = form.read(in);
        return form == FormerForm.EMBEDDED ? FormerValues.tree((byte[]) raw) : raw;
    }
}
