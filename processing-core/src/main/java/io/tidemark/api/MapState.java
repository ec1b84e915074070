package io.tidemark.api;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A map under the current key. Each entry is stored on its own: reading or changing one never touches the others, however many there are.
 *
 * <p>A handle, and every iterator taken from it, is valid during the handler call it was passed to, on that call's thread; used elsewhere
 * it throws {@link IllegalStateException}. Values belong to the state from {@link #put} on and are never changed in place. When the handler
 * throws, every change made through this handle is undone.
 *
 * <p>Iteration follows the order of the keys' stored bytes, which is the natural order of numbers and instants, and the order of code
 * points for text. It shows the map as it was when the iterator was made; the map may be changed meanwhile, also through
 * {@link java.util.Iterator#remove}.
 *
 * @param <K> the map keys' type: {@code String}, {@code Long}, {@code Integer}, {@code Double}, {@code Boolean}, {@code Instant},
 *     {@code UUID}, {@code byte[]} or an enum
 * @param <V> the values' type
 */
public interface MapState<K, V> {

    /** The value of a map key, or {@code null} when there is none. */
    @Nullable
    V get(K key);

    /** The value of a map key, or {@code absent} when there is none. */
    default V getOr(K key, V absent) {
        V value = get(key);
        return value == null ? absent : value;
    }

    /** The value of a map key, or what {@code absent} makes when there is none. */
    default V getOr(K key, Supplier<? extends V> absent) {
        V value = get(key);
        return value == null ? absent.get() : value;
    }

    default boolean contains(K key) {
        return get(key) != null;
    }

    /** Sets or replaces the value of a map key. */
    void put(K key, V value);

    /**
     * Replaces the value of a map key by {@code change} of it, starting from {@code absent} when there is none.
     *
     * @return the new value
     */
    default V update(K key, Supplier<? extends V> absent, UnaryOperator<V> change) {
        V next = change.apply(getOr(key, absent));
        put(key, next);
        return next;
    }

    /** The value of a map key; what {@code value} makes of the key is put there when there is none. */
    default V computeIfAbsent(K key, Function<? super K, ? extends V> value) {
        V present = get(key);
        if (present != null) {
            return present;
        }
        V made = value.apply(key);
        put(key, made);
        return made;
    }

    /** Removes an entry; nothing happens when there is none. */
    void remove(K key);

    /** Removes an entry and answers what its value was. */
    default @Nullable V take(K key) {
        V value = get(key);
        if (value != null) {
            remove(key);
        }
        return value;
    }

    Iterable<Map.Entry<K, V>> entries();

    /** The map keys; values are not even decoded. */
    Iterable<K> keys();

    Iterable<V> values();

    default boolean isEmpty() {
        return !keys().iterator().hasNext();
    }

    /** Removes all entries, without reading them. */
    void clear();
}
