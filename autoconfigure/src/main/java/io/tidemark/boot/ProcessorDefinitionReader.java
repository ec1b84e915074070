package io.tidemark.boot;

import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.api.Outgoing;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateDescriptor;
import io.tidemark.codec.TypeVariables;
import io.tidemark.error.InvalidDefinition;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;

/** Annotated beans to processor definitions. Everything wrong with any of them is told at once. */
public final class ProcessorDefinitionReader {

    /** Annotations whose interceptors would run a handler again, or elsewhere, inside the proxy and so before its undo. */
    private static final List<String> REPEATING = List.of(
            "org.springframework.scheduling.annotation.Async",
            "org.springframework.resilience.annotation.Retryable",
            "org.springframework.retry.annotation.Retryable",
            "io.github.resilience4j.retry.annotation.Retry");

    private static final List<Class<?>> REFUSED_RESULTS = List.of(
            java.util.Optional.class,
            BaseStream.class,
            Future.class,
            java.util.concurrent.CompletionStage.class,
            Flow.Publisher.class);

    private static final String PUBLISHER = "org.reactivestreams.Publisher";
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private final Function<String, Supplier<RecordFormat>> formats;
    private final UnaryOperator<String> resolver;
    private final Function<String, Set<String>> dropStates;
    private final StateCodecSource codecs;

    /**
     * @param formats makes the formats of a processor's tasks, by its id
     * @param resolver resolves placeholders and expressions
     * @param dropStates states of a processor that are to be deleted, by its id
     * @param codecs how values of states are written
     */
    public ProcessorDefinitionReader(
            Function<String, Supplier<RecordFormat>> formats,
            UnaryOperator<String> resolver,
            Function<String, Set<String>> dropStates,
            StateCodecSource codecs) {
        this.codecs = codecs;
        this.formats = formats;
        this.resolver = resolver;
        this.dropStates = dropStates;
    }

    /**
     * Reads all processors.
     *
     * @throws InvalidDefinition with every problem of every bean
     */
    public List<ProcessorDefinition> read(List<ProcessorBean> beans) {
        Problems problems = new Problems();
        List<ProcessorDefinition> definitions = new ArrayList<>();
        Map<String, String> places = new HashMap<>();
        for (ProcessorBean bean : beans) {
            Problems.At at = problems.at(
                    "Bean '" + bean.name() + "' (" + bean.userClass().getName() + ")");
            ProcessorDefinition definition = read(bean, at);
            if (definition != null) {
                definitions.add(definition);
                String other = places.putIfAbsent(definition.id(), bean.name());
                if (other != null) {
                    at.add("processor id '" + definition.id() + "' is taken by bean '" + other + "'");
                }
            }
        }
        if (!problems.all().isEmpty()) {
            throw new InvalidDefinition(problems.all());
        }
        return definitions;
    }

    private @Nullable ProcessorDefinition read(ProcessorBean bean, Problems.At problems) {
        KeyedProcessor annotation = AnnotatedElementUtils.findMergedAnnotation(bean.userClass(), KeyedProcessor.class);
        if (annotation == null) {
            problems.add("it is not annotated with @KeyedProcessor");
            return null;
        }
        String id = resolved(annotation.id(), "id", problems);
        if (id != null && !ProcessorDefinition.isValidId(id)) {
            problems.add("processor id '" + id + "' is not valid: lower-case letters, digits and '-', at most 63");
        }
        List<String> own = topics(annotation.topics(), "topics", problems);
        if (new HashSet<>(own).size() != own.size()) {
            problems.add("it names an input topic twice: " + own);
        }
        checkBean(bean, problems);
        HandlerMethods handlers = id == null ? null : handlers(bean, own, formats.apply(id), problems);
        if (id == null || handlers == null || !problems.isEmpty()) {
            return null;
        }
        Map<String, List<HandlerMethod>> byTopic = handlers.byTopic();
        for (String topic : own) {
            if (!byTopic.containsKey(topic)) {
                problems.add("no @OnRecord method takes the records of topic '" + topic + "'");
            }
        }
        if (byTopic.isEmpty()) {
            problems.add("it names no input topic");
        }
        Set<String> drop = dropStates.apply(id);
        checkStates(handlers.states(), drop, problems);
        return problems.isEmpty()
                ? new ProcessorDefinition(
                        id,
                        List.copyOf(byTopic.keySet()),
                        handlers.outputs(),
                        handlers.states(),
                        drop,
                        handlers.binding())
                : null;
    }

    private static void checkBean(ProcessorBean bean, Problems.At problems) {
        if (!bean.singleton()) {
            problems.add("it is not a singleton; a processor is one bean that serves all keys");
        }
        if (Proxy.isProxyClass(bean.bean().getClass())) {
            problems.add(
                    "it is wrapped in an interface proxy, which hides its handler; use class proxies (proxyTargetClass=true)");
        }
    }

    private static void checkStates(List<StateDescriptor<?>> states, Set<String> drop, Problems.At problems) {
        Set<String> names = new HashSet<>();
        for (StateDescriptor<?> state : states) {
            if (!names.add(state.name())) {
                problems.add("state '" + state.name() + "' is declared twice with different types");
            }
            if (drop.contains(state.name())) {
                problems.add("state '" + state.name() + "' is declared, but listed in drop-states");
            }
        }
    }

    private @Nullable HandlerMethods handlers(
            ProcessorBean bean, List<String> ownTopics, Supplier<RecordFormat> formats, Problems.At problems) {
        List<Method> methods = new ArrayList<>(MethodIntrospector.selectMethods(
                bean.userClass(),
                (org.springframework.util.ReflectionUtils.MethodFilter) ProcessorDefinitionReader::isHandler));
        if (methods.isEmpty()) {
            problems.add("it has no @OnRecord method");
            return null;
        }
        // by name, so that everything that depends on their order is the same after every start
        methods.sort(Comparator.comparing(Method::getName).thenComparing(Method::toGenericString));
        try (RecordFormat format = formats.get()) {
            List<HandlerMethod> read = new ArrayList<>();
            for (Method method : methods) {
                HandlerMethod handler = handler(bean, method, ownTopics, format, problems);
                if (handler != null) {
                    read.add(handler);
                }
            }
            HandlerMethods handlers = new HandlerMethods(read, formats);
            handlers.check(problems, format);
            return handlers;
        }
    }

    static boolean isHandler(Method method) {
        return AnnotatedElementUtils.hasAnnotation(method, OnRecord.class);
    }

    private @Nullable HandlerMethod handler(
            ProcessorBean bean, Method method, List<String> ownTopics, RecordFormat format, Problems.At problems) {
        checkMethod(bean, method, problems);
        List<String> targets = targets(method, problems);
        checkResult(method, targets, problems);
        List<Argument> arguments = new ArgumentReader(
                        format,
                        texts -> topics(texts, "@To", problems),
                        codecs,
                        TypeVariables.of(bean.userClass()),
                        problems)
                .read(method);
        OnRecord onRecord = AnnotatedElementUtils.findMergedAnnotation(method, OnRecord.class);
        List<String> topics = onRecord == null || onRecord.topics().length == 0
                ? ownTopics
                : topics(onRecord.topics(), "@OnRecord topics", problems);
        return problems.isEmpty()
                ? new HandlerMethod(method.getName(), methodHandle(bean, method, arguments), topics, arguments, targets)
                : null;
    }

    private static void checkMethod(ProcessorBean bean, Method method, Problems.At problems) {
        boolean proxied = bean.bean().getClass() != bean.userClass();
        if (proxied && (Modifier.isFinal(method.getModifiers()) || Modifier.isPrivate(method.getModifiers()))) {
            problems.add(
                    "handler " + method.getName()
                            + " is final or private on a proxied bean: the proxy cannot pass it on, and it would run on an empty shell");
        }
        if (Modifier.isStatic(method.getModifiers())) {
            problems.add("handler " + method.getName() + " is static");
        }
        for (String name : REPEATING) {
            if (isAnnotated(method, name) || isAnnotated(bean.userClass(), name)) {
                problems.add(
                        "handler " + method.getName() + " is annotated with @" + ClassUtils.getShortName(name)
                                + ", which would run it again or elsewhere before its changes are undone; failed records are retried by Tidemark (tidemark.retry.*)");
            }
        }
    }

    /** On it, on what it overrides or inherits from, or as part of another annotation. */
    private static boolean isAnnotated(AnnotatedElement element, String name) {
        return MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).isPresent(name);
    }

    private List<String> targets(Method method, Problems.At problems) {
        SendTo sendTo = AnnotatedElementUtils.findMergedAnnotation(method, SendTo.class);
        if (sendTo == null) {
            return List.of();
        }
        if (sendTo.value().length == 0) {
            problems.add("@SendTo of " + method.getName() + " names no topic");
        }
        return topics(sendTo.value(), "@SendTo", problems);
    }

    private static void checkResult(Method method, List<String> targets, Problems.At problems) {
        Class<?> type = method.getReturnType();
        String shown = type.getSimpleName();
        if (type == void.class) {
            if (!targets.isEmpty()) {
                problems.add("handler " + method.getName() + " has @SendTo but returns nothing");
            }
            return;
        }
        if (isPublisher(type) || REFUSED_RESULTS.stream().anyMatch(refused -> refused.isAssignableFrom(type))) {
            problems.add(
                    "handler " + method.getName() + " returns " + shown
                            + "; return the value itself, a @Nullable value, an Iterable, or an Outgoing: everything is done when the method returns");
        }
        if (targets.isEmpty() && !mayNameTopic(method)) {
            problems.add(
                    "handler " + method.getName() + " returns " + shown + " but has no @SendTo to say where it goes");
        }
    }

    /** By name, because reactive types need not be on the class path; an interface of one is one. */
    private static boolean isPublisher(Class<?> type) {
        Class<?> parent = type.getSuperclass();
        return type.getName().equals(PUBLISHER)
                || (parent != null && isPublisher(parent))
                || Stream.of(type.getInterfaces()).anyMatch(ProcessorDefinitionReader::isPublisher);
    }

    /** Only an {@code Outgoing} names a topic of its own, alone or inside an iterable. */
    private static boolean mayNameTopic(Method method) {
        ResolvableType type = ResolvableType.forMethodReturnType(method);
        if (type.toClass() == Outgoing.class) {
            return true;
        }
        if (!Iterable.class.isAssignableFrom(type.toClass()) || JsonNode.class.isAssignableFrom(type.toClass())) {
            return false;
        }
        Class<?> element = type.as(Iterable.class).getGeneric(0).resolve(Object.class);
        return element == Outgoing.class || element == Object.class;
    }

    /** As it is seen from the bean's class, which says what type variables stand for. */
    private static MethodHandle methodHandle(ProcessorBean bean, Method method, List<Argument> arguments) {
        try {
            method.setAccessible(true);
            MethodHandle handle = MethodHandles.lookup().unreflect(method).bindTo(bean.bean());
            EntryGuard guard = EntryGuard.of(bean);
            MethodHandle call = guard == null ? handle : guard.watched(handle, method);
            return call.asType(MethodType.methodType(
                    method.getReturnType(),
                    arguments.stream().map(Argument::type).toArray(Class<?>[]::new)));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("The method was made accessible", e);
        }
    }

    /** Topic names, resolved; those that are none go to the problems. */
    private List<String> topics(String[] texts, String what, Problems.At problems) {
        List<String> topics = new ArrayList<>();
        for (String text : texts) {
            String topic = resolved(text, what, problems);
            if (topic != null) {
                topics.add(topic);
                if (!TOPIC.matcher(topic).matches()) {
                    problems.add(what + " '" + topic + "' is no topic name; name each topic on its own");
                }
            }
        }
        return topics;
    }

    private @Nullable String resolved(String text, String what, Problems.At problems) {
        if (text.contains("!{")) {
            problems.add(what + " '" + text
                    + "' is an expression on each result; return an Outgoing with its own topic instead");
            return null;
        }
        try {
            String value = resolver.apply(text);
            if (value == null || value.isBlank()) {
                problems.add(what + " '" + text + "' is empty");
                return null;
            }
            return value;
        } catch (RuntimeException e) {
            problems.add(what + " '" + text + "' cannot be resolved: " + e.getMessage());
            return null;
        }
    }
}
