package io.tidemark.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a value looks like, apart from any class name: {@code long}, {@code [shape]} for lists, {@code <shape>} for maps with text
 * keys, {@code (A|B)} for enums, and an object as its fields in braces. Written next to the state, so that another version
 * can tell whether it reads what is there.
 */
sealed interface Shape {

    String text();

    /** Whether values of the stored shape can be read as this one. */
    boolean reads(Shape stored);

    static Shape parse(String text) {
        return new Parser(text).whole();
    }

    /** A single value; numbers may grow. */
    record Scalar(String text) implements Shape {

        private static final Map<String, Set<String>> WIDENS = Map.of(
                "short", Set.of("byte"),
                "int", Set.of("byte", "short"),
                "long", Set.of("byte", "short", "int"),
                "float", Set.of("byte", "short"),
                "double", Set.of("byte", "short", "int", "float"),
                "biginteger", Set.of("byte", "short", "int", "long"));

        @Override
        public boolean reads(Shape stored) {
            return equals(stored)
                    || (stored instanceof Scalar narrower
                            && WIDENS.getOrDefault(text, Set.of()).contains(narrower.text));
        }
    }

    /** Constants by name; the reader must know all that may be stored. */
    record Constants(List<String> names) implements Shape {

        public Constants {
            names = List.copyOf(names);
        }

        @Override
        public String text() {
            return "(" + String.join("|", names) + ")";
        }

        @Override
        public boolean reads(Shape stored) {
            return stored instanceof Constants older && Set.copyOf(names).containsAll(older.names);
        }
    }

    /** A sequence. */
    record Sequence(Shape element) implements Shape {

        @Override
        public String text() {
            return "[" + element.text() + "]";
        }

        @Override
        public boolean reads(Shape stored) {
            return stored instanceof Sequence other && element.reads(other.element);
        }
    }

    /** Named values of one shape. */
    record Dictionary(Shape value) implements Shape {

        @Override
        public String text() {
            return "<" + value.text() + ">";
        }

        @Override
        public boolean reads(Shape stored) {
            return stored instanceof Dictionary other && value.reads(other.value);
        }
    }

    /** Fields by name: those on one side only are skipped or defaulted, those on both must fit. */
    record Fields(SortedMap<String, Shape> byName) implements Shape {

        public Fields {
            byName = new TreeMap<>(byName);
        }

        @Override
        public String text() {
            List<String> fields = new ArrayList<>();
            byName.forEach((name, shape) -> fields.add(name + ":" + shape.text()));
            return "{" + String.join(",", fields) + "}";
        }

        @Override
        public boolean reads(Shape stored) {
            if (!(stored instanceof Fields other)) {
                return false;
            }
            for (Map.Entry<String, Shape> field : byName.entrySet()) {
                Shape before = other.byName.get(field.getKey());
                if (before != null && !field.getValue().reads(before)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Reads the text form; bounded in depth because the text comes from storage. */
    final class Parser {

        private static final int MAX_DEPTH = 64;

        private final String text;
        private int at;
        private int depth;

        Parser(String text) {
            this.text = text;
        }

        Shape whole() {
            Shape shape = shape();
            if (at != text.length()) {
                throw malformed();
            }
            return shape;
        }

        private Shape shape() {
            if (++depth > MAX_DEPTH || at >= text.length()) {
                throw malformed();
            }
            Shape shape = switch (text.charAt(at)) {
                case '{' -> fields();
                case '[' -> enclosed(']');
                case '<' -> enclosed('>');
                case '(' -> constants();
                default -> new Scalar(word());
            };
            depth--;
            return shape;
        }

        private Shape enclosed(char end) {
            at++;
            Shape inner = shape();
            expect(end);
            return end == ']' ? new Sequence(inner) : new Dictionary(inner);
        }

        private Shape constants() {
            int end = text.indexOf(')', at);
            if (end < 0) {
                throw malformed();
            }
            List<String> names = List.of(text.substring(at + 1, end).split("\\|"));
            at = end + 1;
            return new Constants(names);
        }

        private Shape fields() {
            at++;
            SortedMap<String, Shape> fields = new TreeMap<>();
            while (at < text.length() && text.charAt(at) != '}') {
                String name = word();
                expect(':');
                fields.put(name, shape());
                if (at < text.length() && text.charAt(at) == ',') {
                    at++;
                }
            }
            expect('}');
            return new Fields(fields);
        }

        private String word() {
            int start = at;
            while (at < text.length() && "{}[]<>(),:|".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            if (start == at) {
                throw malformed();
            }
            return text.substring(start, at);
        }

        private void expect(char c) {
            if (at >= text.length() || text.charAt(at) != c) {
                throw malformed();
            }
            at++;
        }

        private IllegalArgumentException malformed() {
            return new IllegalArgumentException("Malformed schema text at position " + at);
        }
    }
}
