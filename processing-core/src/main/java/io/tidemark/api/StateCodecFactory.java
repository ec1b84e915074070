package io.tidemark.api;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Makes codecs for types that are not in the built-in universe. As a bean it is asked for each declared state, before the built-in types; named
 * by {@code @State(codec = ...)} it is asked for that state only. Called at start, on one thread.
 */
@FunctionalInterface
public interface StateCodecFactory {

    /**
     * The codec of a declared type.
     *
     * @param type a class or a parameterized type, without type variables
     * @return {@code null} when the type is none of its own
     * @throws IllegalArgumentException when it is one of its own and cannot be stored; the message says why and what to do
     */
    @Nullable
    StateCodec<?> codecFor(Type type);
}
