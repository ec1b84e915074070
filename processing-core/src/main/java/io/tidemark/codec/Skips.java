package io.tidemark.codec;

import java.util.ArrayList;
import java.util.List;

/** Reads over values of a stored shape that nobody wants. */
final class Skips {

    private static final Object DONE = new Object();

    private Skips() {}

    /** Called through {@link Fit#skipping}, which takes care of shapes that contain themselves. */
    static Reading of(Shape shape, Fit fit) {
        if (shape instanceof Shape.Scalar scalar) {
            ScalarForm form = Scalars.byWord(scalar.word());
            if (form == null) {
                throw new IllegalArgumentException("A schema names a type '" + scalar.word() + "' that nobody knows");
            }
            return form;
        }
        if (shape instanceof Shape.Constants) {
            return in -> in.readSmall();
        }
        if (shape instanceof Shape.Fields object) {
            return objects(each(object.fields(), fit));
        }
        if (shape instanceof Shape.Choice choice) {
            List<Reading> alternatives = each(choice.alternatives(), fit);
            return in -> {
                in.enter();
                alternatives.get(ChoiceForm.place(in, alternatives.size())).read(in);
                in.leave();
                return DONE;
            };
        }
        if (shape instanceof Shape.Container container) {
            return containers(container, fit);
        }
        throw new IllegalArgumentException("A shape that cannot be skipped");
    }

    private static Reading objects(List<Reading> fields) {
        return in -> {
            in.enter();
            Nulls nulls = Nulls.read(in, in.readBoolean(), fields.size());
            for (int i = 0; i < fields.size(); i++) {
                if (!nulls.isSet(i)) {
                    fields.get(i).read(in);
                }
            }
            in.leave();
            return DONE;
        };
    }

    private static Reading containers(Shape.Container container, Fit fit) {
        List<Reading> parts = container.parts().stream().map(fit::skipping).toList();
        if (container.kind().equals("optional")) {
            return in -> {
                if (in.readBoolean()) {
                    parts.get(0).read(in);
                }
                return DONE;
            };
        }
        return in -> {
            in.enter();
            ContainerHead head = ContainerHead.read(in);
            List<Nulls> nulls = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                nulls.add(Nulls.read(in, head.nulls(), head.count()));
            }
            for (int i = 0; i < head.count(); i++) {
                for (int part = 0; part < parts.size(); part++) {
                    if (!nulls.get(part).isSet(i)) {
                        parts.get(part).read(in);
                    }
                }
            }
            in.leave();
            return DONE;
        };
    }

    private static List<Reading> each(List<Shape.Field> fields, Fit fit) {
        return fields.stream().map(field -> fit.skipping(field.shape())).toList();
    }
}
