package io.tidemark.api;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One value under the current key. A handle is valid during the handler call it was passed to, on that call's thread; used elsewhere
 * it throws {@link IllegalStateException}.
 *
 * <p>A value belongs to the state from {@link #set} on: replace it, never change it in place. Immutable records are the recommended
 * type. When the handler throws, every change made through this handle is undone.
 *
 * @param <T> the value's type
 */
public interface ValueState<T> {

    /** The value, or {@code null} when there is none. */
    @Nullable
    T get();

    /** The value, or {@code absent} when there is none. */
    default T getOr(T absent) {
        T value = get();
        return value == null ? absent : value;
    }

    /** The value, or what {@code absent} makes when there is none. */
    default T getOr(Supplier<? extends T> absent) {
        T value = get();
        return value == null ? absent.get() : value;
    }

    /** Replaces the value. */
    void set(T value);

    /**
     * Replaces the value by {@code change} of it, starting from {@code absent} when there is none.
     *
     * @return the new value
     */
    default T update(Supplier<? extends T> absent, UnaryOperator<T> change) {
        T next = change.apply(getOr(absent));
        set(next);
        return next;
    }

    default boolean isEmpty() {
        return get() == null;
    }

    /** Removes the value and answers what it was. */
    default @Nullable T take() {
        T value = get();
        clear();
        return value;
    }

    /** Removes the value. */
    void clear();
}
