package io.tidemark.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * What the bytes of a type hold, apart from any class name. Written next to the state, so that another version can tell whether, and how, it
 * reads what is there.
 *
 * <p>As text: {@code long} and the like, {@code long?} where it may be null; {@code {name:shape,...}} for an object; {@code (A|B)} for
 * constants; {@code <Name=shape|...>} for alternatives; {@code kind[shape,...]} for what holds others; {@code ^n} for the n-th enclosing object
 * or choice, counted from 0 outwards.
 */
sealed interface Shape {

    /** The canonical text; equal texts mean equal bytes. */
    String text();

    /**
     * A single value.
     *
     * @param word name of its form, with {@code ?} where a box of a primitive may be null
     */
    record Scalar(String word) implements Shape {

        @Override
        public String text() {
            return word;
        }

        boolean mayBeNull() {
            return word.endsWith("?");
        }

        /** The word without its mark. */
        String base() {
            return mayBeNull() ? word.substring(0, word.length() - 1) : word;
        }
    }

    /** A named part of an object. */
    record Field(String name, Shape shape) {}

    /** An object: its fields, in the order of their names. */
    record Fields(List<Field> fields) implements Shape {

        public Fields {
            fields = List.copyOf(fields);
        }

        @Override
        public String text() {
            List<String> texts = new ArrayList<>();
            fields.forEach(field -> texts.add(field.name() + ":" + field.shape().text()));
            return "{" + String.join(",", texts) + "}";
        }
    }

    /** Constants of an enum; a value is the place of its constant. */
    record Constants(List<String> names) implements Shape {

        public Constants {
            names = List.copyOf(names);
        }

        @Override
        public String text() {
            return "(" + String.join("|", names) + ")";
        }
    }

    /** The alternatives of a sealed type, in the order of their names; a value is the place of its alternative and that one's content. */
    record Choice(List<Field> alternatives) implements Shape {

        public Choice {
            alternatives = List.copyOf(alternatives);
        }

        @Override
        public String text() {
            List<String> texts = new ArrayList<>();
            alternatives.forEach(
                    each -> texts.add(each.name() + "=" + each.shape().text()));
            return "<" + String.join("|", texts) + ">";
        }
    }

    /**
     * Something that holds others.
     *
     * @param kind {@code list}, {@code set}, {@code map} and so on
     * @param parts what it holds: one shape, or two for a map
     */
    record Container(String kind, List<Shape> parts) implements Shape {

        public Container {
            parts = List.copyOf(parts);
        }

        @Override
        public String text() {
            return kind + "[" + String.join(",", parts.stream().map(Shape::text).toList()) + "]";
        }
    }

    /** The object or choice that many levels further out. */
    record Enclosing(int levels) implements Shape {

        @Override
        public String text() {
            return "^" + levels;
        }
    }

    /** Whether nothing in it leads out of it. */
    static boolean isClosed(Shape shape) {
        return isClosed(shape, 0);
    }

    private static boolean isClosed(Shape shape, int depth) {
        if (shape instanceof Enclosing enclosing) {
            return enclosing.levels() < depth;
        }
        if (shape instanceof Fields object) {
            return object.fields().stream().allMatch(field -> isClosed(field.shape(), depth + 1));
        }
        if (shape instanceof Choice choice) {
            return choice.alternatives().stream().allMatch(each -> isClosed(each.shape(), depth + 1));
        }
        return !(shape instanceof Container container)
                || container.parts().stream().allMatch(part -> isClosed(part, depth));
    }

    /**
     * @throws IllegalArgumentException when the text is no shape
     */
    static Shape parse(String text) {
        return new ShapeParser(text).whole();
    }
}
