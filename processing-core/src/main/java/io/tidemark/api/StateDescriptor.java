package io.tidemark.api;

import java.util.regex.Pattern;

/**
 * Declaration of one state of a processor.
 *
 * @param name the state's name, its identity across versions: {@code [A-Za-z][A-Za-z0-9_-]{0,62}}
 * @param kind how its rows are laid out
 * @param codec bytes of its values
 * @param <T> the values' type
 */
public record StateDescriptor<T>(String name, StateKind kind, StateCodec<T> codec) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,62}");

    public StateDescriptor {
        if (!isValidName(name)) {
            throw new IllegalArgumentException("State name '" + name + "' does not match " + NAME.pattern());
        }
    }

    /** Declares a value state. */
    public static <T> StateDescriptor<T> value(String name, StateCodec<T> codec) {
        return new StateDescriptor<>(name, StateKind.VALUE, codec);
    }

    public static boolean isValidName(String name) {
        return NAME.matcher(name).matches();
    }
}
