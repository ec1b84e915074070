package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.util.List;

/** Reads made-up values of a stored shape before any real one is met: a constructor may refuse what takes the place of a field that was not there. */
final class EvolutionTest {

    private static final int VARIANTS = 5;
    private static final int MOST_DEPTH = 6;

    private EvolutionTest() {}

    /** What stands against it goes to {@code fit}. */
    static Reading check(Form form, Shape stored, Reading reading, Fit fit) {
        RuntimeException last = null;
        for (int variant = 0; variant < VARIANTS; variant++) {
            ValueOutput out = new ValueOutput(64);
            if (!write(stored, out, variant, MOST_DEPTH)) {
                return reading; // nothing can be made up
            }
            try {
                reading.read(new ValueInput(out.toBytes()));
                return reading;
            } catch (RuntimeException e) {
                last = e;
            }
        }
        if (last != null && !form.samples(1).isEmpty()) {
            fit.misfit("no value of the earlier version can be made ("
                    + (last instanceof UnstorableValue
                            ? last.getMessage()
                            : last.getClass().getName())
                    + "): a constructor refuses what stands for a field that was not there. Give that field a"
                    + " @StateDefault, or let the constructor take null");
        }
        return reading;
    }

    /** Whether a value could be made up. */
    private static boolean write(Shape shape, ValueOutput out, int variant, int depth) {
        if (shape instanceof Shape.Scalar scalar) {
            ScalarForm form = Scalars.byWord(scalar.word());
            if (form == null) {
                return false;
            }
            List<Object> samples = form.samples(1);
            form.write(samples.get(variant % samples.size()), out);
            return true;
        }
        if (shape instanceof Shape.Constants constants) {
            out.writeUnsigned(variant % Math.max(1, constants.names().size()));
            return !constants.names().isEmpty();
        }
        if (shape instanceof Shape.Fields object) {
            return writeFields(object, out, variant, depth);
        }
        if (shape instanceof Shape.Choice choice) {
            int place = variant % Math.max(1, choice.alternatives().size());
            out.writeUnsigned(place);
            return depth > 0
                    && !choice.alternatives().isEmpty()
                    && write(choice.alternatives().get(place).shape(), out, variant, depth - 1);
        }
        return shape instanceof Shape.Container container && writeContainer(container, out, variant, depth);
    }

    private static boolean writeFields(Shape.Fields object, ValueOutput out, int variant, int depth) {
        List<Shape.Field> fields = object.fields();
        byte[] nulls = new byte[Nulls.bytesFor(fields.size())];
        boolean any = false;
        for (int i = 0; i < fields.size(); i++) {
            if (isLeftOut(fields.get(i).shape(), depth)) {
                Nulls.set(nulls, i);
                any = true;
            }
        }
        out.write(any ? 1 : 0);
        if (any) {
            out.write(nulls);
        }
        for (Shape.Field field : fields) {
            if (!isLeftOut(field.shape(), depth) && !write(field.shape(), out, variant, depth - 1)) {
                return false;
            }
        }
        return true;
    }

    /** Where a type contains itself; containers of it are empty instead. */
    private static boolean isLeftOut(Shape shape, int depth) {
        boolean level = shape instanceof Shape.Fields || shape instanceof Shape.Choice;
        return shape instanceof Shape.Enclosing || (level && (depth <= 0 || !Shape.isClosed(shape)));
    }

    private static boolean writeContainer(Shape.Container container, ValueOutput out, int variant, int depth) {
        boolean empty = depth <= 0 || !Shape.isClosed(container);
        if (container.kind().equals("optional")) {
            out.write(empty ? 0 : 1);
        } else {
            int order = container.kind().startsWith("sorted")
                    ? ContainerHead.SORTED
                    : container.kind().equals("set") || container.kind().equals("map")
                            ? ContainerHead.FILLED
                            : ContainerHead.LIST;
            ContainerHead.write(out, empty ? 0 : 1, order, false);
        }
        for (Shape part : container.parts()) {
            if (!empty && !write(part, out, variant, depth - 1)) {
                return false;
            }
        }
        return true;
    }
}
