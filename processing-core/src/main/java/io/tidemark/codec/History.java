package io.tidemark.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * The schemas a state was written with, in the order they came, and which of them is the present one. As text: the schemas, separated by
 * {@code ;}, and {@code =n} at the end when the n-th, counted from 0, is the present one again.
 */
record History(List<String> schemas, int current) {

    /** A version takes seven bits of a value's first byte, the lowest of which says something else. */
    static final int MOST_SCHEMAS = 64;

    private static final String SEPARATOR = ";";

    History {
        schemas = List.copyOf(schemas);
        if (schemas.size() > MOST_SCHEMAS) {
            throw new IllegalArgumentException(
                    "it has had " + MOST_SCHEMAS + " schemas, and there is no room for more");
        }
        if (current < 0 || current >= schemas.size()) {
            throw new IllegalArgumentException("A history without a present schema");
        }
    }

    static History of(String schema) {
        return new History(List.of(schema), 0);
    }

    /**
     * @throws IllegalArgumentException when the text is no history
     */
    static History parse(String text) {
        List<String> schemas = new ArrayList<>();
        int current = -1;
        for (String each : text.split(SEPARATOR, -1)) {
            if (each.startsWith("=")) {
                current = Integer.parseInt(each.substring(1));
            } else {
                schemas.add(each);
                current = schemas.size() - 1;
            }
        }
        return new History(schemas, current);
    }

    String text() {
        String all = String.join(SEPARATOR, schemas);
        return current == schemas.size() - 1 ? all : all + SEPARATOR + "=" + current;
    }

    String present() {
        return schemas.get(current);
    }

    /** The history once something is written with that schema. */
    History with(String schema) {
        int known = schemas.indexOf(schema);
        if (known >= 0) {
            return new History(schemas, known);
        }
        List<String> more = new ArrayList<>(schemas);
        more.add(schema);
        return new History(more, schemas.size());
    }

    /** Whether something was written with that schema, and with another one since. */
    boolean isPast(String schema) {
        return schemas.contains(schema) && !present().equals(schema);
    }
}
