package io.tidemark.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A list under the current key. Elements are appended without reading what is there, and each is stored on its own, so that a long list
 * costs nothing while it grows. Reading walks over all of it.
 *
 * <p>A handle, and every iterator taken from it, is valid during the handler call it was passed to, on that call's thread; used elsewhere
 * it throws {@link IllegalStateException}. An iterator shows the list as it was when the iterator was made. Elements belong to the state
 * from {@link #add} on and are never changed in place. When the handler throws, every change made through this handle is undone.
 *
 * @param <T> the elements' type
 */
public interface ListState<T> extends Iterable<T> {

    /** Appends an element. */
    void add(T element);

    /**
     * Appends an element and lets go of the oldest ones, so that no more than {@code most} are left: the last so many readings, for
     * example. The list is not written anew: each element that goes is one row that is deleted. Where its elements are is read once, as
     * long as the list is used; appending to a bounded list with {@link #add} leaves it longer until the next bounded append.
     *
     * @param most how many elements stay, 1 or more
     * @throws IllegalArgumentException when {@code most} is below 1
     */
    void addBounded(int most, T element);

    /** Appends all elements, in order. */
    default void addAll(Iterable<? extends T> elements) {
        for (T element : elements) {
            add(element);
        }
    }

    /** The elements in the order they were added. */
    @Override
    Iterator<T> iterator();

    default boolean isEmpty() {
        return !iterator().hasNext();
    }

    /** A copy of the list: all of it comes into memory. */
    default List<T> toList() {
        List<T> copy = new ArrayList<>();
        forEach(copy::add);
        return copy;
    }

    /** Removes all elements, without reading them. */
    void clear();
}
