package io.tidemark.boot;

import io.tidemark.annotation.State;
import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.TypeVariables;
import io.tidemark.codec.UnstorableType;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads declared states from the types of parameters and record components; whatever is wrong goes to the problems. */
final class StateReader {

    private static final Set<Class<?>> HANDLES = Set.of(ValueState.class, ListState.class, MapState.class);

    private final StateCodecSource codecs;
    private final TypeVariables variables;
    private final Problems.At problems;

    /**
     * @param variables what type variables stand for in the bean's class
     */
    StateReader(StateCodecSource codecs, TypeVariables variables, Problems.At problems) {
        this.codecs = codecs;
        this.variables = variables;
        this.problems = problems;
    }

    static boolean isState(Class<?> type) {
        return HANDLES.contains(type);
    }

    /**
     * @param name the state's name; empty when none is known
     * @param declared the declared handle with its type arguments
     * @param annotation of the declaration, or {@code null}
     * @param place what is being read, for messages
     */
    @Nullable
    StateDescriptor<?> read(String name, Type declared, @Nullable State annotation, String place) {
        Type type = variables.resolve(declared);
        if (name.isEmpty()) {
            problems.add(place + " has no name; name it in the annotation or compile with -parameters");
            return null;
        }
        if (!StateDescriptor.isValidName(name)) {
            problems.add(
                    "state name '" + name + "' is not valid: a letter, then letters, digits, '_' and '-', at most 63");
            return null;
        }
        Class<?> handle = raw(type);
        if (handle == null || !isState(handle)) {
            problems.add(place + " has type " + type.getTypeName()
                    + "; states are declared as ValueState<T>, ListState<T> or MapState<K, V>");
            return null;
        }
        Type[] arguments = type instanceof ParameterizedType generic ? generic.getActualTypeArguments() : new Type[0];
        if (arguments.length == 0) {
            problems.add("state '" + name + "' has no value type; write " + handle.getSimpleName()
                    + "<...> with concrete types");
            return null;
        }
        return descriptor(name, handle, arguments, annotation);
    }

    /** A record whose components are all states. */
    @Nullable
    Argument bundle(Class<?> type, String place) {
        if (!type.isRecord()) {
            problems.add(place + " has type " + type.getName() + "; it is declared as a record of states");
            return null;
        }
        List<StateDescriptor<?>> states = new ArrayList<>();
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            types[i] = component.getType();
            State state = component.getAnnotation(State.class);
            String name = state == null || state.value().isEmpty() ? component.getName() : state.value();
            StateDescriptor<?> descriptor = read(
                    name,
                    component.getGenericType(),
                    state,
                    "component '" + component.getName() + "' of " + type.getSimpleName());
            if (descriptor == null) {
                return null;
            }
            states.add(descriptor);
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return new Argument.StatesOf(type, MethodHandles.lookup().unreflectConstructor(constructor), states);
        } catch (ReflectiveOperationException | RuntimeException e) {
            problems.add(place + " of type " + type.getName() + " cannot be made: " + e.getMessage());
            return null;
        }
    }

    private @Nullable StateDescriptor<?> descriptor(
            String name, Class<?> handle, Type[] arguments, @Nullable State annotation) {
        Type value = arguments[arguments.length - 1];
        StateCodec<?> codec = found(name, value, () -> codecs.codecOf(value, annotation));
        if (codec == null || handle == ValueState.class) {
            return codec == null ? null : StateDescriptor.value(name, codec);
        }
        if (handle == ListState.class) {
            return StateDescriptor.list(name, codec);
        }
        StateCodec<?> keys = found(name, arguments[0], () -> codecs.keyCodecOf(arguments[0]));
        return keys == null ? null : StateDescriptor.map(name, keys, codec);
    }

    private @Nullable StateCodec<?> found(String name, Type type, Supplier<StateCodec<?>> search) {
        try {
            return search.get();
        } catch (UnstorableType e) {
            e.reasons().forEach(reason -> problems.add("state '" + name + "' cannot be stored: " + reason));
        } catch (RuntimeException e) {
            problems.add("state '" + name + "' of type " + type.getTypeName() + " cannot be stored: " + e.getMessage());
        }
        return null;
    }

    private static @Nullable Class<?> raw(Type type) {
        if (type instanceof ParameterizedType generic) {
            return raw(generic.getRawType());
        }
        return type instanceof Class<?> plain ? plain : null;
    }
}
