package io.tidemark.boot;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.State;
import io.tidemark.annotation.States;
import io.tidemark.annotation.To;
import io.tidemark.api.Output;
import io.tidemark.api.RecordOrigin;
import io.tidemark.api.StateDescriptor;
import io.tidemark.codec.TypeVariables;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.Nullness;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.ValueConstants;

/** Reads the parameters of a handler method; whatever is wrong with them goes to the problems. */
final class ArgumentReader {

    private static final List<String> FOREIGN =
            List.of("org.apache.kafka.", "org.springframework.kafka.", "org.springframework.messaging.");

    private final RecordFormat format;
    private final Function<String[], List<String>> topics;
    private final StateReader states;
    private final TypeVariables variables;
    private final Problems.At problems;

    /**
     * @param topics resolves and checks topic names
     * @param variables what type variables stand for in the bean's class
     */
    ArgumentReader(
            RecordFormat format,
            Function<String[], List<String>> topics,
            StateCodecSource codecs,
            TypeVariables variables,
            Problems.At problems) {
        this.format = format;
        this.topics = topics;
        this.states = new StateReader(codecs, variables, problems);
        this.variables = variables;
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
            String name = state.value().isEmpty() ? given(method, index).orElse("") : state.value();
            StateDescriptor<?> descriptor = states.read(
                    name, parameter.getParameterizedType(), state, "@State parameter " + name(method, index));
            return descriptor == null ? null : new Argument.StateOf(parameter.getType(), descriptor);
        }
        if (StateReader.isState(parameter.getType())) {
            problems.add("parameter " + name(method, index) + " is a state; annotate it with @State");
            return null;
        }
        if (parameter.isAnnotationPresent(States.class)) {
            return states.bundle(parameter.getType(), "@States parameter " + name(method, index));
        }
        To to = parameter.getAnnotation(To.class);
        if (to != null || parameter.getType() == Output.class) {
            return output(method, index, to);
        }
        if (parameter.isAnnotationPresent(Key.class)) {
            return key(method, index);
        }
        Header header = AnnotatedElementUtils.findMergedAnnotation(parameter, Header.class);
        if (header != null) {
            return header(method, index, header);
        }
        if (parameter.getType() == RecordOrigin.class) {
            return new Argument.OriginOf();
        }
        return payload(method, index);
    }

    private @Nullable Argument payload(Method method, int index) {
        Parameter parameter = method.getParameters()[index];
        Type type = variables.resolve(parameter.getParameterizedType());
        Class<?> raw = ResolvableType.forType(type).resolve(parameter.getType());
        String name = raw.getName();
        if (FOREIGN.stream().anyMatch(name::startsWith)) {
            problems.add(
                    "parameter " + name(method, index) + " has type " + name
                            + ", which exists only for message listeners; take the payload itself, @Key, @Header or RecordOrigin");
            return null;
        }
        if (raw.isPrimitive() || isOpen(type)) {
            problems.add("payload parameter " + name(method, index) + " has type " + type.getTypeName()
                    + ", which no record can be read as");
            return null;
        }
        return new Argument.Payload(raw, type, isNullable(method, index));
    }

    private @Nullable Argument key(Method method, int index) {
        Class<?> type = ResolvableType.forType(variables.resolve(method.getGenericParameterTypes()[index]))
                .resolve(method.getParameterTypes()[index]);
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

    private @Nullable Argument output(Method method, int index, @Nullable To to) {
        if (to == null) {
            problems.add("parameter " + name(method, index) + " is an Output; say where it goes with @To");
            return null;
        }
        if (method.getParameterTypes()[index] != Output.class) {
            problems.add("@To parameter " + name(method, index) + " has type "
                    + method.getParameterTypes()[index].getName() + "; it is declared as Output<T>");
            return null;
        }
        if (to.value().length == 0) {
            problems.add("@To of parameter " + name(method, index) + " names no topic");
        }
        return new Argument.OutputOf(topics.apply(to.value()));
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
