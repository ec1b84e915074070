package io.tidemark.codec;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** Makes an object out of its parts. */
interface Maker {

    /** A part that is left as the object makes it itself. */
    Object UNTOUCHED = new Object();

    /**
     * @param parts each at the place its slot has
     */
    Object make(@Nullable Object[] parts) throws Throwable;

    /** Whether a part may be {@link #UNTOUCHED}. */
    default boolean hasInitializers() {
        return false;
    }

    /** By a constructor that takes all parts. */
    record ByConstructor(MethodHandle constructor) implements Maker {
        @Override
        public Object make(@Nullable Object[] parts) throws Throwable {
            return (Object) constructor.invokeExact(parts);
        }
    }

    /** By a constructor without arguments, then field by field. */
    record ByFields(MethodHandle constructor, MethodHandle[] setters) implements Maker {
        @Override
        public Object make(@Nullable Object[] parts) throws Throwable {
            Object object = (Object) constructor.invokeExact();
            for (int i = 0; i < setters.length; i++) {
                Object part = parts[i];
                if (part != UNTOUCHED) {
                    setters[i].invokeExact(object, part);
                }
            }
            return object;
        }

        @Override
        public boolean hasInitializers() {
            return true;
        }
    }

    /** The only object of its class. */
    record Single(Object object) implements Maker {
        @Override
        public Object make(@Nullable Object[] parts) {
            return object;
        }
    }
}
