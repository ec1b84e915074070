package io.tidemark.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The optionals: 0, or 1 and the content. Those of primitives hold what the others hold. */
final class OptionalForm extends Form {

    private final Class<?> type;
    private final Form content;
    private final Shape shape;

    /**
     * @param content what it may hold; a primitive's form rather than a box's, since it is never null
     */
    OptionalForm(Class<?> type, Form content) {
        this.type = type;
        this.content = content;
        this.shape = new Shape.Container("optional", List.of(content.shape()));
    }

    Form content() {
        return content;
    }

    @Override
    Shape shape() {
        return shape;
    }

    @Override
    void write(Object value, ValueOutput out) {
        Object inside = contentOf(value);
        out.write(inside == null ? 0 : 1);
        if (inside != null) {
            content.write(inside, out);
        }
    }

    @Override
    public Object read(ValueInput in) {
        return of(in.readBoolean() ? content.read(in) : null);
    }

    @Override
    Reading readingOf(Shape stored, Fit fit) {
        if (!(stored instanceof Shape.Container other) || !other.kind().equals("optional")) {
            return fit.misfit(stored, shape);
        }
        Reading inside = fit.reading(content, other.parts().get(0));
        return in -> of(in.readBoolean() ? inside.read(in) : null);
    }

    /** An optional of that content. */
    Object of(@Nullable Object inside) {
        if (type == OptionalInt.class) {
            return inside == null ? OptionalInt.empty() : OptionalInt.of((int) inside);
        }
        if (type == OptionalLong.class) {
            return inside == null ? OptionalLong.empty() : OptionalLong.of((long) inside);
        }
        if (type == OptionalDouble.class) {
            return inside == null ? OptionalDouble.empty() : OptionalDouble.of((double) inside);
        }
        return Optional.ofNullable(inside);
    }

    private static @Nullable Object contentOf(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.orElse(null);
        }
        if (value instanceof OptionalInt optional) {
            return optional.isPresent() ? optional.getAsInt() : null;
        }
        if (value instanceof OptionalLong optional) {
            return optional.isPresent() ? optional.getAsLong() : null;
        }
        OptionalDouble optional = (OptionalDouble) value;
        return optional.isPresent() ? optional.getAsDouble() : null;
    }

    @Override
    Object absent() {
        return of(null);
    }

    @Override
    List<Object> samples(int depth) {
        List<Object> samples = new ArrayList<>();
        if (depth > 0) {
            content.samples(depth - 1).forEach(each -> samples.add(of(each)));
        }
        samples.add(of(null));
        return samples;
    }
}
