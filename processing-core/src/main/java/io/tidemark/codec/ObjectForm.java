package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records and classes by their fields: {@code nulls (1)}, a bit for each field if any is null, then the fields in the order of their names. A
 * field that is null takes no other bytes.
 */
final class ObjectForm extends Form implements HeadedReading {

    private static final int MOST_SAMPLES = 8;
    private static final Slot[] NO_SLOTS = {};

    private final Class<?> type;
    private Slot[] slots = NO_SLOTS;
    private Maker maker = new Maker.Single(this);
    private Shape shape = new Shape.Fields(List.of());
    private boolean flat;
    private boolean madeByOrder;
    private boolean mayHoldMore;
    private int guess;

    ObjectForm(Class<?> type) {
        this.type = type;
    }

    /**
     * Called once; what refers to this form may be made before its parts are.
     *
     * @param byOrder whether its constructor takes several fields of one type without saying which is which
     * @param mayHoldMore whether an object may come to hold what its constructor would not take, or equal others by what is not stored
     */
    void consistsOf(List<Slot> sorted, Maker maker, boolean byOrder, boolean mayHoldMore) {
        this.madeByOrder = byOrder;
        this.mayHoldMore = mayHoldMore;
        this.slots = sorted.toArray(new Slot[0]);
        this.maker = maker;
        this.shape = new Shape.Fields(sorted.stream()
                .map(slot -> new Shape.Field(slot.name(), slot.form().shape()))
                .toList());
        this.flat = sorted.stream().allMatch(slot -> slot.form().isSimple());
        this.guess = 1 + Nulls.bytesFor(slots.length);
        for (Slot slot : slots) {
            guess += slot.form() instanceof EnclosingForm ? 16 : slot.form().guess();
        }
    }

    Class<?> type() {
        return type;
    }

    Slot[] slots() {
        return slots;
    }

    boolean hasInitializers() {
        return maker.hasInitializers();
    }

    @Override
    Shape shape() {
        return shape;
    }

    @Override
    int guess() {
        return guess;
    }

    @Override
    void write(Object value, ValueOutput out) {
        out.enter();
        write(0, value, out);
        out.leave();
    }

    /**
     * @param head an even number, to which it adds whether any field is null
     */
    void write(int head, Object value, ValueOutput out) {
        if (value.getClass() != type) {
            throw new UnstorableValue("a " + value.getClass().getName() + " stands where " + type.getName()
                    + " is declared, and what it adds would be lost; declare a sealed type");
        }
        try {
            int start = out.position();
            if (!flat || !written(head, value, out)) {
                out.backTo(start);
                writeParts(head, value, out);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("A field handle throws nothing", e);
        }
    }

    /** Whether it could be written as it came: not when a field is null. */
    private boolean written(int head, Object value, ValueOutput out) throws Throwable {
        out.write(head);
        for (Slot slot : slots) {
            Slot.Quick quick = slot.quick(); // compared rather than switched over, which would look each up in a table
            if (quick.isWhole()) {
                out.writeWhole((long) slot.get().invokeExact(value));
            } else if (quick == Slot.Quick.DOUBLE) {
                out.writeDouble((double) slot.get().invokeExact(value));
            } else {
                Object part = (Object) slot.get().invokeExact(value);
                if (part == null) {
                    return false;
                }
                if (quick == Slot.Quick.TEXT) {
                    out.writeText((String) part);
                } else {
                    slot.form().write(part, out);
                }
            }
        }
        return true;
    }

    private void writeParts(int head, Object value, ValueOutput out) throws Throwable {
        @Nullable Object[] parts = new @Nullable Object[slots.length];
        byte[] nulls = null;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = part(slots[i], value);
            if (parts[i] == null) {
                nulls = nulls == null ? new byte[Nulls.bytesFor(slots.length)] : nulls;
                Nulls.set(nulls, i);
            }
        }
        out.write(nulls == null ? head : head | 1);
        if (nulls != null) {
            out.write(nulls);
        }
        for (int i = 0; i < parts.length; i++) {
            Object part = parts[i];
            if (part instanceof Long whole && slots[i].quick() != Slot.Quick.NONE) {
                out.writeWhole(whole);
            } else if (part != null) {
                slots[i].form().write(part, out);
            }
        }
    }

    static @Nullable Object part(Slot slot, Object value) throws Throwable {
        return switch (slot.quick()) {
            case LONG, INT, SMALL -> (long) slot.get().invokeExact(value);
            case DOUBLE -> (double) slot.get().invokeExact(value);
            default -> (Object) slot.get().invokeExact(value);
        };
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
        Nulls nulls = Nulls.read(in, anyNull, slots.length);
        @Nullable Object[] parts = new @Nullable Object[slots.length];
        for (int i = 0; i < slots.length; i++) {
            Slot slot = slots[i];
            parts[slot.place()] = anyNull && nulls.isSet(i) ? nullOf(slot) : readPart(slot, in);
        }
        return makeAgain(parts);
    }

    private static @Nullable Object nullOf(Slot slot) {
        if (!slot.form().isNullable()) {
            throw new IllegalArgumentException("A primitive that is null");
        }
        return null;
    }

    private static Object readPart(Slot slot, ValueInput in) {
        Slot.Quick quick = slot.quick();
        if (quick == Slot.Quick.LONG) {
            return in.readWhole();
        }
        if (quick == Slot.Quick.INT) {
            return in.readInt();
        }
        if (quick == Slot.Quick.TEXT) {
            return in.readText();
        }
        return quick == Slot.Quick.DOUBLE
                ? (Object) in.readDouble()
                : slot.form().read(in);
    }

    boolean isMadeByOrder() {
        return madeByOrder;
    }

    /** Whether some object was made whose fields are what the constructor was given for them, different ones of each type. */
    boolean provesItsOrder() {
        for (int i = 0; i < MOST_SAMPLES; i++) {
            @Nullable Object[] parts = sampleParts(i, 2);
            try {
                Object made = make(parts);
                boolean same = true;
                boolean different = false;
                for (int j = 0; j < slots.length; j++) {
                    same &= Contents.same(parts[slots[j].place()], part(slots[j], made));
                    for (int k = 0; k < j; k++) {
                        different |= !Contents.same(parts[slots[j].place()], parts[slots[k].place()]);
                    }
                }
                if (!same) {
                    return false;
                }
                if (different) {
                    return true;
                }
            } catch (Throwable e) {
                // its constructor takes other values only
            }
        }
        return false;
    }

    /** Whether tests with made-up values say all there is to know of it. */
    boolean isProven() {
        if (mayHoldMore) {
            return false;
        }
        for (int i = 0; i < MOST_SAMPLES; i++) {
            try {
                @Nullable Object[] parts = sampleParts(i, 2);
                make(parts);
                return true;
            } catch (RuntimeException | StackOverflowError e) {
                // its constructor takes other values only
            }
        }
        return false;
    }

    /** Makes an object of what is stored. Where the author's constructor does not take it, the failure names the class, which is no content. */
    Object makeAgain(@Nullable Object[] parts) {
        try {
            return make(parts);
        } catch (UnstorableValue e) {
            throw e; // an object inside it
        } catch (RuntimeException e) {
            throw new UnstorableValue("the constructor of " + type.getName() + " does not take what is stored ("
                    + e.getClass().getName() + ")");
        }
    }

    /** The author's constructor may refuse what it is given. */
    Object make(@Nullable Object[] parts) {
        try {
            return maker.make(parts);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("The constructor threw what it does not declare", e);
        }
    }

    @Override
    Reading readingOf(Shape stored, Fit fit) {
        return stored instanceof Shape.Fields fields ? EvolvedObject.of(this, fields, fit) : fit.misfit(stored, shape);
    }

    /** Objects of samples of their parts, each part moving on by its own, so that no two of one type are the same in all of them. */
    @Override
    List<Object> samples(int depth) {
        List<Object> samples = new ArrayList<>();
        for (int i = 0; i < MOST_SAMPLES; i++) {
            addIfMade(samples, sampleParts(i, depth));
        }
        @Nullable Object[] none = new @Nullable Object[slots.length];
        for (Slot slot : slots) {
            none[slot.place()] = slot.form().isNullable() ? null : slot.form().absent();
        }
        addIfMade(samples, none);
        return samples;
    }

    private @Nullable Object[] sampleParts(int variant, int depth) {
        @Nullable Object[] parts = new @Nullable Object[slots.length];
        for (int j = 0; j < slots.length; j++) {
            Slot slot = slots[j];
            List<Object> some = depth <= 0 && !slot.form().isSimple()
                    ? List.of()
                    : slot.form().samples(depth - 1);
            parts[slot.place()] = some.isEmpty() ? slot.form().absent() : some.get((variant + j) % some.size());
        }
        return parts;
    }

    /** A constructor that takes only some values tells nothing about the form. */
    private void addIfMade(List<Object> samples, @Nullable Object[] parts) {
        try {
            samples.add(make(parts));
        } catch (RuntimeException | StackOverflowError e) {
            // not a value of this type
        }
    }
}
