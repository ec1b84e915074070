package io.tidemark.boot;

import io.tidemark.annotation.State;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateCodecFactory;
import io.tidemark.codec.Migration;
import io.tidemark.codec.SelfTest;
import io.tidemark.codec.StateCodecs;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the codec of a declared state: the one its annotation names, else one of the application's for that type, else the built-in one. Each is
 * tested with made-up values before it is trusted.
 */
public final class StateCodecSource {

    private final List<StateCodecFactory> factories;
    private final Function<Class<?>, @Nullable Object> beans;

    /**
     * @param factories asked in order, before the built-in types
     * @param beans the bean of a class, or {@code null} when there is none
     */
    public StateCodecSource(List<StateCodecFactory> factories, Function<Class<?>, @Nullable Object> beans) {
        this.factories = List.copyOf(factories);
        this.beans = beans;
    }

    /** Only the built-in types. */
    public static StateCodecSource builtIn() {
        return new StateCodecSource(List.of(), type -> null);
    }

    /**
     * @param annotation of the declaration, or {@code null}
     * @throws IllegalArgumentException when the type cannot be stored; says why and what to do
     */
    StateCodec<?> codecOf(Type type, @Nullable State annotation) {
        StateCodec<?> codec = find(type, annotation);
        List<String> problems = SelfTest.problemsOf(codec);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("a test with made-up values failed: " + String.join("; ", problems));
        }
        return codec;
    }

    /**
     * @throws IllegalArgumentException when the type cannot be the key of a map state
     */
    StateCodec<?> keyCodecOf(Type type) {
        StateCodec<?> codec = StateCodecs.forMapKey(type);
        List<String> problems = SelfTest.problemsOf(codec);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("a test with made-up map keys failed: " + String.join("; ", problems));
        }
        return codec;
    }

    private StateCodec<?> find(Type type, @Nullable State annotation) {
        if (annotation != null && annotation.codec() != void.class) {
            if (annotation.migrate().length > 0) {
                throw new IllegalArgumentException(
                        "migrate is for the built-in format; a codec of your own reads earlier values itself");
            }
            return named(annotation.codec(), type);
        }
        for (StateCodecFactory factory : factories) {
            StateCodec<?> codec = factory.codecFor(type);
            if (codec != null) {
                return codec;
            }
        }
        List<Migration> migrations = new ArrayList<>();
        if (annotation != null) {
            for (var migration : annotation.migrate()) {
                migrations.add(Migration.of(migration));
            }
        }
        return StateCodecs.forType(type, migrations);
    }

    private StateCodec<?> named(Class<?> codec, Type type) {
        Object found = beans.apply(codec);
        if (found == null) {
            found = made(codec);
        }
        if (found instanceof StateCodec<?> own) {
            return own;
        }
        StateCodec<?> made = found instanceof StateCodecFactory factory ? factory.codecFor(type) : null;
        if (made == null) {
            throw new IllegalArgumentException(codec.getName()
                    + (found instanceof StateCodecFactory
                            ? " has no codec for it"
                            : " is neither a StateCodec nor a StateCodecFactory"));
        }
        return made;
    }

    private static Object made(Class<?> type) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(type.getName() + " cannot be made: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    type.getName() + " is no bean and has no constructor without arguments", e);
        }
    }
}
