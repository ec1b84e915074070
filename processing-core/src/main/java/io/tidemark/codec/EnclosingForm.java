package io.tidemark.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An object or choice inside itself. */
final class EnclosingForm extends Form {

    private final Shape shape;
    private @Nullable Form target;

    /**
     * @param levels how many levels further out it begins
     */
    EnclosingForm(int levels) {
        this.shape = new Shape.Enclosing(levels);
    }

    /** Called once, when the form it refers to is there. */
    void is(Form form) {
        this.target = form;
    }

    Form target() {
        Form form = target;
        if (form == null) {
            throw new IllegalStateException("The type is not read to its end yet");
        }
        return form;
    }

    @Override
    Shape shape() {
        return shape;
    }

    @Override
    void write(Object value, ValueOutput out) {
        target().write(value, out);
    }

    @Override
    public Object read(ValueInput in) {
        return target().read(in);
    }

    @Override
    Reading readingOf(Shape stored, Fit fit) {
        return target().readingOf(stored, fit);
    }

    @Override
    List<Object> samples(int depth) {
        return depth <= 0 ? List.of() : target().samples(depth - 1);
    }
}
