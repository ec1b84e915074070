package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        if (value.getClass().getComponentType() != elementType) {
            throw new UnstorableValue("a " + value.getClass().getSimpleName() + " stands where "
                    + elementType.getSimpleName() + "[] is declared");
        }
        if (!elementType.isPrimitive()) {
            out.enter();
            Elements.write(Arrays.asList((Object[]) value), ContainerHead.LIST, element, out);
            out.leave();
            return;
        }
        int count = Array.getLength(value);
        ContainerHead.write(out, count, ContainerHead.LIST, false);
        if (value instanceof int[] numbers) {
            for (int each : numbers) {
                out.writeWhole(each);
            }
        } else if (value instanceof long[] numbers) {
            for (long each : numbers) {
                out.writeWhole(each);
            }
        } else if (value instanceof double[] numbers) {
            for (double each : numbers) {
                out.writeDouble(each);
            }
        } else if (value instanceof float[] numbers) {
            for (float each : numbers) {
                out.writeFloat(each);
            }
        } else {
            for (int i = 0; i < count; i++) {
                element.write(Array.get(value, i), out);
            }
        }
    }

    @Override
    public Object read(ValueInput in) {
        return elementType.isPrimitive() ? readPrimitives(in) : read(in, element, null);
    }

    private Object readPrimitives(ValueInput in) {
        ContainerHead head = ContainerHead.read(in);
        if (head.nulls()) {
            throw new IllegalArgumentException("Null among primitives");
        }
        Object array = Array.newInstance(elementType, head.count());
        if (array instanceof int[] numbers) {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = in.readInt();
            }
        } else if (array instanceof long[] numbers) {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = in.readWhole();
            }
        } else if (array instanceof double[] numbers) {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = in.readDouble();
            }
        } else if (array instanceof float[] numbers) {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = in.readFloat();
            }
        } else {
            for (int i = 0; i < head.count(); i++) {
                Array.set(array, i, element.read(in));
            }
        }
        return array;
    }

    private Object read(ValueInput in, Reading each, @Nullable Object ifNull) {
        in.enter();
        ContainerHead head = ContainerHead.read(in);
        if (head.nulls() && elementType.isPrimitive()) {
            throw new IllegalArgumentException("Null among primitives");
        }
        Nulls nulls = Nulls.read(in, head.nulls(), head.count());
        Object array = Array.newInstance(elementType, head.count());
        for (int i = 0; i < head.count(); i++) {
            Object value = nulls.isSet(i) ? ifNull : each.read(in);
            if (value != null) {
                Array.set(array, i, value);
            }
        }
        in.leave();
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
        Object ifNull = Fit.ifNull(element, other.parts().get(0));
        return in -> read(in, each, ifNull);
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
