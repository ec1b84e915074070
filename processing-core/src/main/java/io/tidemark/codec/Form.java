package io.tidemark.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one type become bytes and back. Made by {@link TypeWalk}, together with the {@link Shape} that says what is written, so
 * that the two cannot disagree. Thread-safe.
 */
abstract class Form implements Reading {

    /** What the bytes hold. */
    abstract Shape shape();

    /**
     * @throws io.tidemark.api.UnstorableValue when the value would not come back as it is
     */
    abstract void write(Object value, ValueOutput out);

    /** Reads what this form wrote. */
    @Override
    public abstract Object read(ValueInput in);

    /**
     * Reads what was written with another shape; what stands against it goes to {@code fit}. Called through {@link Fit#reading} only, which
     * takes care of equal shapes, optionals and recursion.
     */
    abstract Reading readingOf(Shape stored, Fit fit);

    /**
     * Values of the type for a test of it, edge cases first; empty when none can be made.
     *
     * @param depth how much deeper samples may go
     */
    abstract List<Object> samples(int depth);

    /** What stands for a value that was never written. */
    @Nullable
    Object absent() {
        return null;
    }

    /** About how many bytes a value takes. */
    int guess() {
        return 32;
    }

    /** Whether a value may be null where it is part of another. */
    boolean isNullable() {
        return true;
    }

    /** Whether it holds no other objects. */
    boolean isSimple() {
        return false;
    }
}
