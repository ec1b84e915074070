package io.tidemark.boot;

import io.tidemark.annotation.State;
import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.StateCodecs;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads declared states from the types of parameters and record components; whatever is wrong goes to the problems. */
final class StateReader {

    private static final Set<Class<?>> HANDLES = Set.of(ValueState.class, ListState.class, MapState.class);

    private final Problems.At problems;

    StateReader(Problems.At problems) {
        this.problems = problems;
    }

    static boolean isState(Class<?> type) {
        return HANDLES.contains(type);
    }

    /**
     * @param name the state's name; empty when none is known
     * @param type the declared handle with its type arguments
     * @param place what is being read, for messages
     */
    @Nullable
    StateDescriptor<?> read(String name, Type type, String place) {
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
        if (arguments.length == 0 || !Arrays.stream(arguments).allMatch(StateReader::isConcrete)) {
            problems.add("state '" + name + "' has no value type; write " + handle.getSimpleName()
                    + "<...> with concrete types");
            return null;
        }
        return descriptor(name, handle, arguments);
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

    private @Nullable StateDescriptor<?> descriptor(String name, Class<?> handle, Type[] arguments) {
        Type value = arguments[arguments.length - 1];
        StateCodec<?> codec;
        try {
            codec = StateCodecs.forType(value);
        } catch (RuntimeException e) {
            problems.add(
                    "state '" + name + "' of type " + value.getTypeName() + " cannot be stored: " + e.getMessage());
            return null;
        }
        if (handle == ValueState.class) {
            return StateDescriptor.value(name, codec);
        }
        if (handle == ListState.class) {
            return StateDescriptor.list(name, codec);
        }
        StateCodec<?> keys = StateCodecs.forMapKey(arguments[0]);
        if (keys == null) {
            problems.add("state '" + name + "' has map keys of type " + arguments[0].getTypeName()
                    + "; map keys are String, Long, Integer, Double, Boolean, Instant, UUID, byte[] or an enum,"
                    + " whose bytes never change");
            return null;
        }
        return StateDescriptor.map(name, keys, codec);
    }

    private static @Nullable Class<?> raw(Type type) {
        if (type instanceof ParameterizedType generic) {
            return raw(generic.getRawType());
        }
        return type instanceof Class<?> plain ? plain : null;
    }

    /** Whether values of the type can be written and read again from the declaration alone. */
    private static boolean isConcrete(Type type) {
        if (type instanceof Class<?> plain) {
            return plain != Object.class && plain.getTypeParameters().length == 0;
        }
        if (type instanceof ParameterizedType generic) {
            return Arrays.stream(generic.getActualTypeArguments()).allMatch(StateReader::isConcrete);
        }
        return !(type instanceof TypeVariable<?> || type instanceof WildcardType);
    }
}
