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
 * can tell whether it reads what is there. Of the format before this one; {@link Shape} took its place.
 */
sealed interface FormerShape {

    String text();

    /** Whether values of the stored shape can be read as this one. */
    boolean reads(FormerShape stored);

    /** Adds what looks as if it was renamed since that shape, which this one reads. */
    default void renamesSince(FormerShape stored, String path, List<String> found) {
        // most have no names
    }

    static FormerShape parse(String text) {
        return new Parser(text).whole();
    }

    /** A single value; numbers may grow. */
    record Scalar(String text) implements FormerShape {

        private static final Map<String, Set<String>> WIDENS = Map.of(
                "short", Set.of("byte"),
                "int", Set.of("byte", "short"),
                "long", Set.of("byte", "short", "int"),
                "float", Set.of("byte", "short"),
                "double", Set.of("byte", "short", "int", "float"),
                "biginteger", Set.of("byte", "short", "int", "long"),
                "bigdecimal", Set.of("byte", "short", "int", "long", "biginteger"));

        @Override
        public boolean reads(FormerShape stored) {
            return equals(stored)
                    || (stored instanceof Scalar narrower
                            && WIDENS.getOrDefault(text, Set.of()).contains(narrower.text));
        }
    }

    /** Constants by name; the reader must know all that may be stored. */
    record Constants(List<String> names, Set<String> formerNames) implements FormerShape {

        public Constants {
            names = List.copyOf(names);
            formerNames = Set.copyOf(formerNames);
        }

        @Override
        public String text() {
            return "(" + String.join("|", names) + ")";
        }

        @Override
        public boolean reads(FormerShape stored) {
            return stored instanceof Constants older
                    && older.names.stream().allMatch(name -> names.contains(name) || formerNames.contains(name));
        }
    }

    /** A sequence. */
    record Sequence(FormerShape element) implements FormerShape {

        @Override
        public String text() {
            return "[" + element.text() + "]";
        }

        @Override
        public boolean reads(FormerShape stored) {
            return stored instanceof Sequence other && element.reads(other.element);
        }

        @Override
        public void renamesSince(FormerShape stored, String path, List<String> found) {
            if (stored instanceof Sequence other) {
                element.renamesSince(other.element, path + " element", found);
            }
        }
    }

    /** Named values of one shape. */
    record Dictionary(FormerShape value) implements FormerShape {

        @Override
        public String text() {
            return "<" + value.text() + ">";
        }

        @Override
        public boolean reads(FormerShape stored) {
            return stored instanceof Dictionary other && value.reads(other.value);
        }

        @Override
        public void renamesSince(FormerShape stored, String path, List<String> found) {
            if (stored instanceof Dictionary other) {
                value.renamesSince(other.value, path + " value", found);
            }
        }
    }

    /**
     * Fields by name: those on one side only are skipped or defaulted, those on both must fit.
     *
     * @param aliases earlier names of fields, which nobody stores; an empty list says that a field is new
     */
    record Fields(SortedMap<String, FormerShape> byName, Map<String, List<String>> aliases) implements FormerShape {

        public Fields {
            byName = new TreeMap<>(byName);
            aliases = Map.copyOf(aliases);
        }

        @Override
        public String text() {
            List<String> fields = new ArrayList<>();
            byName.forEach((name, shape) -> fields.add(name + ":" + shape.text()));
            return "{" + String.join(",", fields) + "}";
        }

        /** The name under which a field may be stored. */
        private String nameIn(Fields stored, String name) {
            if (!stored.byName.containsKey(name)) {
                for (String former : aliases.getOrDefault(name, List.of())) {
                    if (stored.byName.containsKey(former)) {
                        return former;
                    }
                }
            }
            return name;
        }

        @Override
        public boolean reads(FormerShape stored) {
            if (!(stored instanceof Fields other)) {
                return false;
            }
            for (Map.Entry<String, FormerShape> field : byName.entrySet()) {
                FormerShape before = other.byName.get(nameIn(other, field.getKey()));
                if (before != null && !field.getValue().reads(before)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void renamesSince(FormerShape stored, String path, List<String> found) {
            if (!(stored instanceof Fields other)) {
                return;
            }
            SortedMap<String, FormerShape> gone = new TreeMap<>(other.byName);
            SortedMap<String, FormerShape> added = new TreeMap<>();
            byName.forEach((name, shape) -> {
                String before = nameIn(other, name);
                FormerShape was = gone.remove(before);
                if (was == null && !aliases.containsKey(name)) {
                    added.put(name, shape);
                } else if (was != null) {
                    shape.renamesSince(was, path + "." + name, found);
                }
            });
            added.forEach((name, shape) -> gone.forEach((before, was) -> {
                if (shape.reads(was)) {
                    found.add((path + ": '" + before + "' is gone and '" + name
                                    + "' of the same type is new. If it was renamed, write @StateAlias(\"" + before
                                    + "\") on '" + name + "'; if not, @StateAlias({})")
                            .replaceFirst("^: ", ""));
                }
            }));
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

        FormerShape whole() {
            FormerShape shape = shape();
            if (at != text.length()) {
                throw malformed();
            }
            return shape;
        }

        private FormerShape shape() {
            if (++depth > MAX_DEPTH || at >= text.length()) {
                throw malformed();
            }
            FormerShape shape = switch (text.charAt(at)) {
                case '{' -> fields();
                case '[' -> enclosed(']');
                case '<' -> enclosed('>');
                case '(' -> constants();
                default -> new Scalar(word());
            };
            depth--;
            return shape;
        }

        private FormerShape enclosed(char end) {
            at++;
            FormerShape inner = shape();
            expect(end);
            return end == ']' ? new Sequence(inner) : new Dictionary(inner);
        }

        private FormerShape constants() {
            int end = text.indexOf(')', at);
            if (end < 0) {
                throw malformed();
            }
            List<String> names = List.of(text.substring(at + 1, end).split("\\|"));
            at = end + 1;
            return new Constants(names, Set.of());
        }

        private FormerShape fields() {
            at++;
            SortedMap<String, FormerShape> fields = new TreeMap<>();
            while (at < text.length() && text.charAt(at) != '}') {
                String name = word();
                expect(':');
                fields.put(name, shape());
                if (at < text.length() && text.charAt(at) == ',') {
                    at++;
                }
            }
            expect('}');
            return new Fields(fields, Map.of());
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
