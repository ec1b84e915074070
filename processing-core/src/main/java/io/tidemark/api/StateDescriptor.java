package io.tidemark.api;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Declaration of one state of a processor. Its name is its identity across versions: {@code [A-Za-z][A-Za-z0-9_-]{0,62}}.
 *
 * @param <H> type of the handle an author gets for it
 */
public sealed interface StateDescriptor<H> {

    String name();

    StateKind kind();

    /** Codec of its values or elements. */
    StateCodec<?> codec();

    /** Codec of its map keys, or {@code null} when it is no map. */
    default @Nullable StateCodec<?> keyCodec() {
        return null;
    }

    /**
     * One value per key.
     *
     * @param name the state's name
     * @param codec bytes of its values
     */
    record OfValue<T>(String name, StateCodec<T> codec) implements StateDescriptor<ValueState<T>> {

        public OfValue {
            requireValid(name);
        }

        @Override
        public StateKind kind() {
            return StateKind.VALUE;
        }
    }

    /**
     * A list per key.
     *
     * @param name the state's name
     * @param codec bytes of one element
     */
    record OfList<T>(String name, StateCodec<T> codec) implements StateDescriptor<ListState<T>> {

        public OfList {
            requireValid(name);
        }

        @Override
        public StateKind kind() {
            return StateKind.LIST;
        }
    }

    /**
     * A map per key.
     *
     * @param name the state's name
     * @param keyCodec bytes of a map key, which also give the order of iteration
     * @param codec bytes of a map value
     */
    record OfMap<K, V>(String name, StateCodec<K> keyCodec, StateCodec<V> codec)
            implements StateDescriptor<MapState<K, V>> {

        public OfMap {
            requireValid(name);
        }

        @Override
        public StateKind kind() {
            return StateKind.MAP;
        }
    }

    /** Declares a value state. */
    static <T> StateDescriptor<ValueState<T>> value(String name, StateCodec<T> codec) {
        return new OfValue<>(name, codec);
    }

    /** Declares a list state. */
    static <T> StateDescriptor<ListState<T>> list(String name, StateCodec<T> codec) {
        return new OfList<>(name, codec);
    }

    /** Declares a map state. The key codec is one whose bytes never change for a key, since they identify its row. */
    static <K, V> StateDescriptor<MapState<K, V>> map(String name, StateCodec<K> keyCodec, StateCodec<V> codec) {
        return new OfMap<>(name, keyCodec, codec);
    }

    static boolean isValidName(String name) {
        return Names.STATE.matcher(name).matches();
    }

    private static void requireValid(String name) {
        if (!isValidName(name)) {
            throw new IllegalArgumentException("State name '" + name + "' does not match " + Names.STATE.pattern());
        }
    }

    /** Keeps the pattern out of the promised surface. */
    final class Names {

        private static final Pattern STATE = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,62}");

        private Names() {}
    }
}
