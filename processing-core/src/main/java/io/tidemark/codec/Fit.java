package io.tidemark.codec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lays a form over a stored shape: the reading that comes of it, and all that stands against it. Whether a value can be read is never judged
 * apart from how it is read.
 */
final class Fit {

    private static final String OPTIONAL = "optional";

    /** Stands for a reading where there is none; the misfit was told. */
    private static final Reading NONE = in -> {
        throw new IllegalStateException("A shape that does not fit is read");
    };

    private final boolean trial;
    private final List<String> misfits = new ArrayList<>();
    private final List<String> drops = new ArrayList<>();
    private final Map<Place, Late> known = new HashMap<>();
    private final IdentityHashMap<Shape, Late> skipped = new IdentityHashMap<>();
    private final Deque<String> path = new ArrayDeque<>();
    private @Nullable Level open;
    private int keys;

    /** An object or choice that is being looked at, and what is around it. */
    private record Level(Shape shape, @Nullable Level outer) {}

    /** A form over a shape, each as it stands where it stands. */
    private static final class Place {
        private final Form form;
        private final Shape shape;
        private final boolean inKey;

        Place(Form form, Shape shape, boolean inKey) {
            this.form = form;
            this.shape = shape;
            this.inKey = inKey;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Place that && form == that.form && shape == that.shape && inKey == that.inKey;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(form) * 31 + System.identityHashCode(shape);
        }
    }

    /** A reading that may be needed before it is made: types that contain themselves. */
    private static final class Late implements Reading {
        private Reading made = NONE;

        @Override
        public @Nullable Object read(ValueInput in) {
            return made.read(in);
        }
    }

    private Fit(boolean trial) {
        this.trial = trial;
    }

    Fit() {
        this(false);
    }

    /** Asks only whether one could be read as the other, to find out whether one may be the other's new name. */
    static Fit trial() {
        return new Fit(true);
    }

    /** What cannot be read. */
    List<String> misfits() {
        return misfits;
    }

    /** What is read and dropped, because this version does not know it. */
    List<String> drops() {
        return drops;
    }

    boolean isTrial() {
        return trial;
    }

    /** Whether what is looked at identifies an entry or an element, so that no two may become equal. */
    boolean isInKey() {
        return keys > 0;
    }

    Reading misfit(String reason) {
        String where = String.join("", path);
        misfits.add(where.isEmpty() ? reason : where.strip() + ": " + reason);
        return NONE;
    }

    Reading misfit(Shape stored, Shape mine) {
        return misfit("stored as " + brief(stored) + ", declared as " + brief(mine));
    }

    void dropped(String field) {
        String where = String.join("", path).strip();
        drops.add(where.isEmpty() ? field : where + "." + field);
    }

    /** Does something one step deeper. */
    <T> T at(String step, Supplier<T> inside) {
        path.addLast(step);
        try {
            return inside.get();
        } finally {
            path.removeLast();
        }
    }

    <T> T inKey(Supplier<T> inside) {
        keys++;
        try {
            return inside.get();
        } finally {
            keys--;
        }
    }

    /** How the form reads what was written with that shape. */
    Reading reading(Form declared, Shape stored) {
        Form form = declared instanceof EnclosingForm enclosing ? enclosing.target() : declared;
        if (stored instanceof Shape.Enclosing back) {
            return further(back, shape -> reading(form, shape));
        }
        if (Shape.isClosed(stored) && stored.text().equals(form.shape().text())) {
            return form; // closed, so equal texts mean the same wherever they stand
        }
        if (isOptional(stored) && !(form instanceof OptionalForm)) {
            return misfit("nothing may be stored where a value has to be");
        }
        if (form instanceof OptionalForm optional
                && !(stored instanceof Shape.Container container
                        && container.kind().equals(OPTIONAL))) {
            Reading content = reading(optional.content(), nonNull(stored));
            return in -> optional.of(content.read(in));
        }
        if (!isLevel(stored)) {
            return form.readingOf(stored, this);
        }
        Place place = new Place(form, stored, isInKey());
        Late late = known.get(place);
        if (late == null) {
            late = new Late();
            known.put(place, late);
            late.made = within(stored, () -> form.readingOf(stored, this));
        }
        return late;
    }

    /** The same for a value that is part of no other. */
    Reading whole(Form form, Shape stored) {
        Reading reading = reading(form, stored);
        return reading instanceof Late late ? late.made : reading;
    }

    private static boolean isOptional(Shape stored) {
        return stored instanceof Shape.Container container && container.kind().equals(OPTIONAL);
    }

    /** The same for a field, which is null where an optional was empty. */
    Reading field(Form form, Shape stored) {
        if (!isOptional(stored) || form instanceof OptionalForm || !form.isNullable() || isInKey()) {
            return reading(form, stored);
        }
        Reading content = reading(form, ((Shape.Container) stored).parts().get(0));
        return in -> in.readBoolean() ? content.read(in) : null;
    }

    /** What stored null becomes: where an optional took the place of a value, an empty one. */
    static @Nullable Object ifNull(Form form, Shape stored) {
        return form instanceof OptionalForm && !isOptional(stored) ? form.absent() : null;
    }

    /** What is inside an optional is never null. */
    private static Shape nonNull(Shape stored) {
        return stored instanceof Shape.Scalar scalar && scalar.mayBeNull() ? new Shape.Scalar(scalar.base()) : stored;
    }

    /** Reads over a value of which nothing is kept. */
    Reading skipping(Shape stored) {
        if (stored instanceof Shape.Enclosing back) {
            return further(back, this::skipping);
        }
        Late late = skipped.get(stored);
        if (late == null) {
            late = new Late();
            skipped.put(stored, late);
            late.made = isLevel(stored) ? within(stored, () -> Skips.of(stored, this)) : Skips.of(stored, this);
        }
        return late;
    }

    private static boolean isLevel(Shape shape) {
        return shape instanceof Shape.Fields || shape instanceof Shape.Choice;
    }

    private <T> T within(Shape shape, Supplier<T> inside) {
        Level outer = open;
        open = new Level(shape, outer);
        try {
            return inside.get();
        } finally {
            open = outer;
        }
    }

    /** Looks at the enclosing shape from where it stands. */
    private Reading further(Shape.Enclosing back, Function<Shape, Reading> look) {
        Level here = open;
        Level target = here;
        for (int i = 0; i < back.levels() && target != null; i++) {
            target = target.outer();
        }
        if (target == null) {
            throw new IllegalArgumentException("A schema text refers to more than encloses it");
        }
        open = target.outer();
        try {
            return look.apply(target.shape());
        } finally {
            open = here;
        }
    }

    private static String brief(Shape shape) {
        String text = shape.text();
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }
}
