package io.tidemark.codec;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads objects of another version by the names of their fields. */
final class EvolvedObject implements HeadedReading {

    private final ObjectForm form;
    private final List<Step> steps;
    private final @Nullable Object[] absent;

    /** Fields whose default can be changed: each object gets one of its own. */
    private final List<Slot> fresh;

    /**
     * A stored field.
     *
     * @param slot the slot it goes to, or {@code null} when it is read over
     * @param ifNull what null becomes: an optional that took its place is empty
     */
    private record Step(
            Reading reading, @Nullable Slot slot, @Nullable Object ifNull) {}

    private EvolvedObject(ObjectForm form, List<Step> steps, @Nullable Object[] absent, List<Slot> fresh) {
        this.form = form;
        this.steps = steps;
        this.absent = absent;
        this.fresh = fresh;
    }

    static Reading of(ObjectForm form, Shape.Fields stored, Fit fit) {
        List<Step> steps = new ArrayList<>();
        Set<Slot> missing = new LinkedHashSet<>(List.of(form.slots()));
        List<Shape.Field> gone = new ArrayList<>();
        for (Shape.Field field : stored.fields()) {
            Slot slot = slotFor(form, stored, field.name());
            if (slot == null) {
                gone.add(field);
                fit.dropped(field.name());
                steps.add(new Step(fit.skipping(field.shape()), null, null));
            } else {
                if (!missing.remove(slot)) {
                    fit.misfit("'" + slot.name() + "' would take two stored fields, '" + field.name()
                            + "' among them; a migration can say what they become together");
                }
                steps.add(new Step(
                        fit.at("." + field.name(), () -> fit.field(slot.form(), field.shape())),
                        slot,
                        Fit.ifNull(slot.form(), field.shape())));
            }
        }
        if (fit.isInKey() && !gone.isEmpty()) {
            fit.misfit("'" + gone.get(0).name() + "' is gone, so keys or elements that differed may become equal");
        }
        if (!fit.isTrial()) {
            missing.forEach(slot -> checkRename(slot, gone, fit));
        }
        List<Slot> fresh = missing.stream()
                .filter(slot -> slot.initial() != null && Defaults.isChangeable(slot.form()))
                .toList();
        return new EvolvedObject(form, steps, absent(form, missing, fit), fresh);
    }

    private static @Nullable Object[] absent(ObjectForm form, Set<Slot> missing, Fit fit) {
        @Nullable Object[] absent = new @Nullable Object[form.slots().length];
        for (Slot slot : missing) {
            try {
                boolean initializer = form.hasInitializers() && slot.initial() == null;
                absent[slot.place()] = initializer ? Maker.UNTOUCHED : slot.absent();
            } catch (IllegalArgumentException e) {
                fit.misfit("'" + slot.name() + "': " + e.getMessage());
            }
        }
        return absent;
    }

    /** By its name, else by one it had, unless that is stored under its present name as well. */
    private static @Nullable Slot slotFor(ObjectForm form, Shape.Fields stored, String name) {
        for (Slot slot : form.slots()) {
            if (slot.name().equals(name)) {
                return slot;
            }
        }
        for (Slot slot : form.slots()) {
            boolean present =
                    stored.fields().stream().anyMatch(field -> field.name().equals(slot.name()));
            if (!present && slot.formerNames().contains(name)) {
                return slot;
            }
        }
        return null;
    }

    private static void checkRename(Slot slot, List<Shape.Field> gone, Fit fit) {
        if (slot.isNew()) {
            return;
        }
        for (Shape.Field field : gone) {
            if (isReadable(slot.form(), field.shape())) {
                fit.misfit("'" + field.name() + "' is gone and '" + slot.name() + "' of the same type is new. If it was"
                        + " renamed, write " + slot.aliasWith(field.name()) + " on '"
                        + slot.name() + "'; if not, "
                        + (slot.formerNames().isEmpty() ? "@StateAlias({})" : "a migration says what becomes of it"));
                return;
            }
        }
    }

    /** Whether the one may be the other under a new name, perhaps changed itself; objects have to have something in common. */
    private static boolean isReadable(Form declared, Shape stored) {
        Form form = declared instanceof EnclosingForm enclosing ? enclosing.target() : declared;
        if (form instanceof ObjectForm object && stored instanceof Shape.Fields fields) {
            return fields.fields().isEmpty() == (object.slots().length == 0)
                    && (fields.fields().isEmpty()
                            || fields.fields().stream()
                                    .anyMatch(field -> slotFor(object, fields, field.name()) != null));
        }
        if (!Shape.isClosed(stored)) {
            return form.shape().getClass() == stored.getClass();
        }
        Fit trial = Fit.trial();
        trial.field(form, stored);
        return trial.misfits().isEmpty();
    }

    @Override
    public Object read(ValueInput in) {
        in.enter();
        Object value = read(in, in.readBoolean());
        in.leave();
        return value;
    }

    @Override
    public Object read(ValueInput in, boolean anyNull) {
        Nulls nulls = Nulls.read(in, anyNull, steps.size());
        @Nullable Object[] parts = absent.clone();
        for (Slot slot : fresh) {
            parts[slot.place()] = slot.absent();
        }
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            Slot slot = step.slot();
            if (!nulls.isSet(i)) {
                Object part = step.reading().read(in);
                if (slot != null) {
                    parts[slot.place()] = part;
                }
            } else if (slot != null) {
                parts[slot.place()] = step.ifNull();
            }
        }
        return form.makeAgain(parts);
    }
}
