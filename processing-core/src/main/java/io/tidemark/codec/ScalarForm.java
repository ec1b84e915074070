package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A type whose values hold no others. */
final class ScalarForm extends Form {

    private final String word;
    private final Class<?> type;
    private final BiConsumer<Object, ValueOutput> writer;
    private final Function<ValueInput, Object> reader;
    private final Function<String, Object> parser;
    private final List<Object> samples;
    private final Shape shape;
    /** Whether there may be subclasses. */
    private final boolean open;

    /**
     * @param word its name in shapes
     * @param type its only class
     * @param parser makes a value of the text of a default
     * @param samples edge values; at least three that differ, but for truth values
     */
    ScalarForm(
            String word,
            Class<?> type,
            BiConsumer<Object, ValueOutput> writer,
            Function<ValueInput, Object> reader,
            Function<String, Object> parser,
            List<Object> samples) {
        this.word = word;
        this.type = type;
        this.writer = writer;
        this.reader = reader;
        this.parser = parser;
        this.samples = samples;
        this.shape = new Shape.Scalar(word);
        // zones have classes of the JDK's own below them
        this.open = !type.isArray() && (type.getModifiers() & (Modifier.FINAL | Modifier.ABSTRACT)) == 0;
    }

    /** The same for a box, which may be null. */
    ScalarForm boxed(Class<?> box) {
        return new ScalarForm(word + "?", box, writer, reader, parser, samples);
    }

    String word() {
        return word;
    }

    Class<?> type() {
        return type;
    }

    Object parse(String text) {
        return parser.apply(text);
    }

    @Override
    Shape shape() {
        return shape;
    }

    @Override
    void write(Object value, ValueOutput out) {
        if (open && value.getClass() != type) {
            throw new UnstorableValue("a " + value.getClass().getName() + " stands where " + type.getSimpleName()
                    + " is declared, and what it adds would be lost");
        }
        writer.accept(value, out);
    }

    @Override
    public Object read(ValueInput in) {
        return reader.apply(in);
    }

    @Override
    Reading readingOf(Shape stored, Fit fit) {
        if (!(stored instanceof Shape.Scalar other)) {
            return fit.misfit(stored, shape);
        }
        if (other.mayBeNull() && type.isPrimitive()) {
            return fit.misfit("null may be stored, which no " + word + " is");
        }
        String mine = ((Shape.Scalar) shape).base();
        if (other.base().equals(mine)) {
            return this;
        }
        Function<Object, Object> widening = Widenings.between(other.base(), mine);
        ScalarForm source = Scalars.byWord(other.base());
        if (widening == null || source == null) {
            return fit.misfit(stored, shape);
        }
        return in -> widening.apply(source.read(in));
    }

    @Override
    List<Object> samples(int depth) {
        return samples;
    }

    @Override
    @Nullable
    Object absent() {
        return type.isPrimitive() ? Scalars.zero(type) : null;
    }

    @Override
    int guess() {
        return switch (word.endsWith("?") ? word.substring(0, word.length() - 1) : word) {
            case "boolean" -> 1;
            case "float" -> Float.BYTES;
            case "double" -> Double.BYTES;
            case "byte", "short", "int", "long" -> ValueOutput.MOST_VARINT;
            case "string", "bytes" -> 16;
            default -> 24;
        };
    }

    @Override
    boolean isNullable() {
        return !type.isPrimitive();
    }

    @Override
    boolean isSimple() {
        return true;
    }
}
