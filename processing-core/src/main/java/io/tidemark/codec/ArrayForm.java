package io.tidemark.codec;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Arrays other than {@code byte[]}. */
final class ArrayForm extends Form {

    private final Class<?> elementType;
    private final Form element;
    private final Shape shape;

    ArrayForm(Class<?> elementType, Form element) {
        this.elementType = elementType;
        this.element = element;
        this.shape = new Shape.Container("array", List.of(element.shape()));
    }

    Class<?> elementType() {
        return elementType;
    }

    Form element() {
        return element;
    }

    @Override
    Shape shape() {
        return shape;
    }

    @Override
    void write(Object value, ValueOutput out) {
        int count = Array.getLength(value);
        if (elementType == long.class) {
            ContainerHead.write(out, count, ContainerHead.LIST, false);
            for (long each : (long[]) value) {
                out.writeWhole(each);
            }
        } else if (elementType == double.class) {
            ContainerHead.write(out, count, ContainerHead.LIST, false);
            for (double each : (double[]) value) {
                out.writeDouble(each);
            }
        } else if (elementType.isPrimitive()) {
            ContainerHead.write(out, count, ContainerHead.LIST, false);
            for (int i = 0; i < count; i++) {
                element.write(Array.get(value, i), out);
            }
        } else {
            Elements.write(Arrays.asList((Object[]) value), ContainerHead.LIST, element, out);
        }
    }

    @Override
    public Object read(ValueInput in) {
        return read(in, element);
    }

    private Object read(ValueInput in, Reading each) {
        ContainerHead head = ContainerHead.read(in);
        if (head.nulls() && elementType.isPrimitive()) {
            throw new IllegalArgumentException("Null among primitives");
        }
        Nulls nulls = Nulls.read(in, head.nulls(), head.count());
        Object array = Array.newInstance(elementType, head.count());
        for (int i = 0; i < head.count(); i++) {
            if (!nulls.isSet(i)) {
                Array.set(array, i, each.read(in));
            }
        }
        return array;
    }

    @Override
    Reading readingOf(Shape stored, Fit fit) {
        if (!(stored instanceof Shape.Container other)
                || !(other.kind().equals("array") || other.kind().equals("list"))) {
            return fit.misfit(stored, shape);
        }
        Reading each =
                fit.at(" element", () -> fit.reading(element, other.parts().get(0)));
        return in -> read(in, each);
    }

    @Override
    List<Object> samples(int depth) {
        List<Object> samples = new ArrayList<>();
        List<Object> elements = depth <= 0 ? List.of() : element.samples(depth - 1);
        if (!elements.isEmpty()) {
            Object all = Array.newInstance(elementType, elements.size());
            for (int i = 0; i < elements.size(); i++) {
                Array.set(all, i, elements.get(i));
            }
            samples.add(all);
        }
        samples.add(Array.newInstance(elementType, 0));
        if (!elementType.isPrimitive()) {
            samples.add(Array.newInstance(elementType, 2));
        }
        return samples;
    }
}
