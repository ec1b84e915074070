package io.tidemark.codec;

import io.tidemark.api.StateMigration;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import org.jspecify.annotations.Nullable;

/** What {@code @State(migrate = ...)} names, with the two types it stands between. */
public final class Migration {

    private final Class<?> declared;
    private final StoredType<?> from;
    private final Type to;
    private final StateMigration<Object, Object> function;

    private Migration(Class<?> declared, StoredType<?> from, Type to, StateMigration<Object, Object> function) {
        this.declared = declared;
        this.from = from;
        this.to = to;
        this.function = function;
    }

    /**
     * @throws IllegalArgumentException when it cannot be made, or its types are not written where it implements {@link StateMigration}
     */
    @SuppressWarnings("unchecked") // its types are compared with those of the state
    public static Migration of(Class<? extends StateMigration<?, ?>> type) {
        TypeVariable<?>[] variables = StateMigration.class.getTypeParameters();
        TypeVariables seen = TypeVariables.of(type);
        Type from = seen.resolve(variables[0]);
        Type to = seen.resolve(variables[1]);
        if (from instanceof TypeVariable<?> || to instanceof TypeVariable<?>) {
            throw new IllegalArgumentException(
                    type.getName() + " does not say its types; write them where it implements StateMigration");
        }
        try {
            Constructor<? extends StateMigration<?, ?>> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return new Migration(
                    type, StoredType.of(from), to, (StateMigration<Object, Object>) constructor.newInstance());
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    type.getName() + " cannot be made: its constructor threw "
                            + String.valueOf(
                                    e.getCause() == null
                                            ? ""
                                            : e.getCause().getClass().getName()),
                    e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type.getName() + " has no constructor without arguments", e);
        }
    }

    StoredType<?> from() {
        return from;
    }

    /** What it makes. */
    Type to() {
        return to;
    }

    Object migrate(@Nullable Object earlier) {
        if (earlier == null) {
            throw new IllegalArgumentException("Nothing where a value is stored");
        }
        Object now = function.migrate(earlier);
        if (now == null) {
            throw new IllegalArgumentException(declared.getName() + " made null of a value");
        }
        return now;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Migration that && declared == that.declared;
    }

    @Override
    public int hashCode() {
        return declared.hashCode();
    }
}
