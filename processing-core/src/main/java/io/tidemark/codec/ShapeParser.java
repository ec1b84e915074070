package io.tidemark.codec;

import java.util.ArrayList;
import java.util.List;

/** Reads the text of a {@link Shape}. Bounded in depth and size, because the text comes from storage. */
final class ShapeParser {

    static final int MOST_DEPTH = 64;
    static final int MOST_CHARS = 64 << 10;

    private static final String MARKS = "{}[]<>(),:|=^;";

    private final String text;
    private int at;
    private int depth;

    ShapeParser(String text) {
        if (text.length() > MOST_CHARS) {
            throw new IllegalArgumentException("A schema of " + text.length() + " characters");
        }
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
        if (++depth > MOST_DEPTH || at >= text.length()) {
            throw malformed();
        }
        Shape shape = switch (text.charAt(at)) {
            case '{' -> new Shape.Fields(fields(':', ',', '}'));
            case '<' -> new Shape.Choice(fields('=', '|', '>'));
            case '(' -> constants();
            case '^' -> enclosing();
            default -> scalarOrContainer();
        };
        depth--;
        return shape;
    }

    private List<Shape.Field> fields(char between, char next, char end) {
        at++;
        List<Shape.Field> fields = new ArrayList<>();
        while (!takes(end)) {
            if (!fields.isEmpty()) {
                expect(next);
            }
            String name = word();
            expect(between);
            fields.add(new Shape.Field(name, shape()));
        }
        return fields;
    }

    private Shape constants() {
        at++;
        List<String> names = new ArrayList<>();
        while (!takes(')')) {
            if (!names.isEmpty()) {
                expect('|');
            }
            names.add(word());
        }
        return new Shape.Constants(names);
    }

    private Shape enclosing() {
        at++;
        String number = word();
        if (number.length() > 3 || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed();
        }
        return new Shape.Enclosing(Integer.parseInt(number));
    }

    private Shape scalarOrContainer() {
        String word = word();
        if (!takes('[')) {
            return new Shape.Scalar(word);
        }
        List<Shape> parts = new ArrayList<>();
        parts.add(shape());
        if (takes(',')) {
            parts.add(shape());
        }
        expect(']');
        if (parts.size() != (word.endsWith("map") ? 2 : 1)) {
            throw malformed();
        }
        return new Shape.Container(word, parts);
    }

    private String word() {
        int start = at;
        while (at < text.length() && MARKS.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        if (start == at) {
            throw malformed();
        }
        return text.substring(start, at);
    }

    private boolean takes(char c) {
        boolean found = at < text.length() && text.charAt(at) == c;
        if (found) {
            at++;
        }
        return found;
    }

    private void expect(char c) {
        if (!takes(c)) {
            throw malformed();
        }
    }

    private IllegalArgumentException malformed() {
        return new IllegalArgumentException("Malformed schema text at position " + at);
    }
}
