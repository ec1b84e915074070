package io.tidemark.boot;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.State;
import io.tidemark.api.RecordOrigin;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.StateCodecs;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.Nullness;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.ValueConstants;

/** Reads the parameters of a handler method; whatever is wrong with them goes to the problems. */
final class ArgumentReader {

    private static final List<String> FOREIGN =
            List.of("org.apache.kafka.", "org.springframework.kafka.", "org.springframework.messaging.");

    private final RecordFormat format;
    private final Problems.At problems;

    ArgumentReader(RecordFormat format, Problems.At problems) {
        this.format = format;
        this.problems = problems;
    }

    List<Argument> read(Method method) {
        List<Argument> arguments = new ArrayList<>();
        int payloads = 0;
        for (int i = 0; i < method.getParameterCount(); i++) {
            Argument argument = read(method, i);
            if (argument instanceof Argument.Payload && ++payloads > 1) {
                problems.add("parameter " + name(method, i)
                        + " is a second payload; annotate it with @Key, @State or @Header if it is something else");
            }
            if (argument != null) {
                arguments.add(argument);
            }
        }
        return arguments;
    }

    private @Nullable Argument read(Method method, int index) {
        Parameter parameter = method.getParameters()[index];
        State state = parameter.getAnnotation(State.class);
        if (state != null) {
            return state(method, index, state);
        }
        if (ValueState.class.isAssignableFrom(parameter.getType())) {
            problems.add("parameter " + name(method, index) + " is a state; annotate it with @State");
            return null;
        }
        if (parameter.isAnnotationPresent(Key.class)) {
            return key(method, index);
        }
        Header header = AnnotatedElementUtils.findMergedAnnotation(parameter, Header.class);
        if (header != null) {
            return header(method, index, header);
        }
        if (parameter.getType() == RecordOrigin.class) {
            return new Argument.OriginOf(RecordOrigin.class);
        }
        return payload(method, index);
    }

    private @Nullable Argument payload(Method method, int index) {
        Parameter parameter = method.getParameters()[index];
        Type type = parameter.getParameterizedType();
        String name = parameter.getType().getName();
        if (FOREIGN.stream().anyMatch(name::startsWith)) {
            problems.add(
                    "parameter " + name(method, index) + " has type " + name
                            + ", which exists only for message listeners; take the payload itself, @Key, @Header or RecordOrigin");
            return null;
        }
        if (parameter.getType().isPrimitive() || isOpen(type)) {
            problems.add("payload parameter " + name(method, index) + " has type " + type.getTypeName()
                    + ", which no record can be read as");
            return null;
        }
        return new Argument.Payload(parameter.getType(), type, isNullable(method, index));
    }

    private @Nullable Argument key(Method method, int index) {
        Class<?> type = method.getParameterTypes()[index];
        if (format.keyReader(type) == null) {
            problems.add("@Key parameter " + name(method, index) + " has type " + type.getName()
                    + "; keys are read as String, byte[], Long, Integer, Short, Double, Float or UUID");
            return null;
        }
        return new Argument.KeyOf(type);
    }

    private @Nullable Argument header(Method method, int index, Header header) {
        Class<?> type = method.getParameterTypes()[index];
        Optional<String> name = header.name().isEmpty() ? given(method, index) : Optional.of(header.name());
        if (name.isEmpty()) {
            problems.add("@Header parameter " + index
                    + " has no name; name it in the annotation or compile with -parameters");
            return null;
        }
        if (name.get().startsWith("kafka_")) {
            problems.add("@Header '" + name.get()
                    + "' is made up for message listeners and in no record; use RecordOrigin or @Key");
            return null;
        }
        if (!ValueConstants.DEFAULT_NONE.equals(header.defaultValue())) {
            problems.add("@Header '" + name.get() + "' has a default value; make the parameter @Nullable instead");
            return null;
        }
        if (type != byte[].class && type != String.class) {
            problems.add("@Header parameter " + name(method, index) + " has type " + type.getName()
                    + "; headers are read as String or byte[]");
            return null;
        }
        return new Argument.HeaderOf(type, name.get(), header.required() && !isNullable(method, index));
    }

    private @Nullable Argument state(Method method, int index, State state) {
        Parameter parameter = method.getParameters()[index];
        Optional<String> name = state.value().isEmpty() ? given(method, index) : Optional.of(state.value());
        if (name.isEmpty()) {
            problems.add("@State parameter " + index
                    + " has no name; name it in the annotation or compile with -parameters");
            return null;
        }
        if (!StateDescriptor.isValidName(name.get())) {
            problems.add("state name '" + name.get()
                    + "' is not valid: a letter, then letters, digits, '_' and '-', at most 63");
            return null;
        }
        if (parameter.getType() != ValueState.class) {
            problems.add("@State parameter " + name(method, index) + " has type "
                    + parameter.getType().getName() + "; states are declared as ValueState<T>");
            return null;
        }
        if (!(parameter.getParameterizedType() instanceof ParameterizedType generic)
                || !isConcrete(generic.getActualTypeArguments()[0])) {
            problems.add("state '" + name.get() + "' has no value type; write ValueState<...> with a concrete type");
            return null;
        }
        Type value = generic.getActualTypeArguments()[0];
        try {
            return new Argument.StateOf(
                    ValueState.class, StateDescriptor.value(name.get(), StateCodecs.forType(value)));
        } catch (RuntimeException e) {
            problems.add("state '" + name.get() + "' of type " + value.getTypeName() + " cannot be stored: "
                    + e.getMessage());
            return null;
        }
    }

    /** Whether values of the type can be written and read again from the declaration alone. */
    private static boolean isConcrete(Type type) {
        if (type instanceof Class<?> plain) {
            return plain != Object.class && plain.getTypeParameters().length == 0;
        }
        if (type instanceof ParameterizedType generic) {
            return Arrays.stream(generic.getActualTypeArguments()).allMatch(ArgumentReader::isConcrete);
        }
        return !isOpen(type);
    }

    private static boolean isOpen(Type type) {
        return type instanceof TypeVariable<?> || type instanceof WildcardType;
    }

    private static boolean isNullable(Method method, int index) {
        return Nullness.forMethodParameter(new MethodParameter(method, index)) == Nullness.NULLABLE;
    }

    private static Optional<String> given(Method method, int index) {
        Parameter parameter = method.getParameters()[index];
        return parameter.isNamePresent() ? Optional.of(parameter.getName()) : Optional.empty();
    }

    private static String name(Method method, int index) {
        return "'" + method.getParameters()[index].getName() + "'";
    }
}
