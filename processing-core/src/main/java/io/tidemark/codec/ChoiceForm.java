package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** A sealed type: the place of the alternative, then its content. The closed set comes from the declaration, never a class from the bytes. */
final class ChoiceForm extends Form {

    private final String typeName;
    private List<Alternative> alternatives = List.of();
    private final IdentityHashMap<Class<?>, Integer> places = new IdentityHashMap<>();
    private Shape shape = new Shape.Choice(List.of());

    /**
     * @param type its class
     * @param name its name in shapes
     * @param formerNames names it had before
     */
    record Alternative(Class<?> type, String name, Set<String> formerNames, Form form) {}

    ChoiceForm(String typeName) {
        this.typeName = typeName;
    }

    /** Called once; what refers to this form may be made before its alternatives are. */
    void are(List<Alternative> sorted) {
        this.alternatives = sorted;
        for (int i = 0; i < sorted.size(); i++) {
            places.put(sorted.get(i).type(), i);
        }
        this.shape = new Shape.Choice(sorted.stream()
                .map(each -> new Shape.Field(each.name(), each.form().shape()))
                .toList());
    }

    @Override
    Shape shape() {
        return shape;
    }

    @Override
    void write(Object value, ValueOutput out) {
        Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
        Integer place = places.get(type);
        if (place == null) {
            throw new UnstorableValue("a " + value.getClass().getName() + " is no alternative of " + typeName);
        }
        out.enter();
        out.writeUnsigned(place);
        alternatives.get(place).form().write(value, out);
        out.leave();
    }

    @Override
    public Object read(ValueInput in) {
        in.enter();
        Object value = alternatives.get(place(in, alternatives.size())).form().read(in);
        in.leave();
        return value;
    }

    static int place(ValueInput in, int alternatives) {
        int place = in.readSmall();
        if (place < 0 || place >= alternatives) {
            throw new IllegalArgumentException("Alternative " + place + " of " + alternatives);
        }
        return place;
    }

    @Override
    Reading readingOf(Shape stored, Fit fit) {
        if (!(stored instanceof Shape.Choice other)) {
            return fit.misfit(stored, shape);
        }
        List<Reading> readings = new ArrayList<>();
        List<Alternative> used = new ArrayList<>();
        for (Shape.Field each : other.alternatives()) {
            Alternative mine = named(each.name());
            if (mine == null) {
                return fit.misfit("alternative '" + each.name() + "' of " + typeName
                        + " may be stored and is not declared; if it was renamed, write @StateAlias(\"" + each.name()
                        + "\") on the type that stands for it");
            }
            if (used.contains(mine) && fit.isInKey()) {
                return fit.misfit("two stored alternatives became one, so keys that differed would be equal");
            }
            used.add(mine);
            int before = fit.misfits().size();
            Reading reading = fit.at(" " + mine.name(), () -> fit.reading(mine.form(), each.shape()));
            if (fit.misfits().size() == before && Shape.isClosed(each.shape())) {
                fit.at(" " + mine.name(), () -> EvolutionTest.check(mine.form(), each.shape(), reading, fit));
            }
            readings.add(reading);
        }
        return in -> {
            in.enter();
            Object value = readings.get(place(in, readings.size())).read(in);
            in.leave();
            return value;
        };
    }

    private @org.jspecify.annotations.Nullable Alternative named(String name) {
        for (Alternative each : alternatives) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        for (Alternative each : alternatives) {
            if (each.formerNames().contains(name)) {
                return each;
            }
        }
        return null;
    }

    @Override
    List<Object> samples(int depth) {
        List<Object> samples = new ArrayList<>();
        if (depth > 0) {
            for (Alternative each : alternatives) {
                List<Object> some = each.form().samples(depth - 1);
                samples.addAll(some.subList(0, Math.min(3, some.size())));
            }
        }
        return samples;
    }
}
