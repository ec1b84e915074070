package io.tidemark.boot;

import io.tidemark.api.HandlerBinding;
import io.tidemark.api.IncomingRecord;
import io.tidemark.api.RecordEmitter;
import io.tidemark.api.RecordHandler;
import io.tidemark.api.StateAccess;
import io.tidemark.api.StateDescriptor;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** All handler methods of one processor, and who takes what. */
final class HandlerMethods {

    private final List<HandlerMethod> methods;
    private final Supplier<RecordFormat> formats;

    /**
     * @param formats makes the format of a task
     */
    HandlerMethods(List<HandlerMethod> methods, Supplier<RecordFormat> formats) {
        this.methods = List.copyOf(methods);
        this.formats = formats;
    }

    /** Methods by topic. */
    Map<String, List<HandlerMethod>> byTopic() {
        Map<String, List<HandlerMethod>> byTopic = new LinkedHashMap<>();
        for (HandlerMethod method : methods) {
            for (String topic : new LinkedHashSet<>(method.topics())) {
                byTopic.computeIfAbsent(topic, t -> new ArrayList<>()).add(method);
            }
        }
        return byTopic;
    }

    /** The states of all methods, each once. */
    List<StateDescriptor<?>> states() {
        Set<StateDescriptor<?>> states = new LinkedHashSet<>();
        methods.forEach(method -> states.addAll(method.states()));
        return List.copyOf(states);
    }

    Set<String> outputs() {
        Set<String> outputs = new LinkedHashSet<>();
        methods.forEach(method -> outputs.addAll(method.outputs()));
        return outputs;
    }

    /** Whether the topics can be shared out among the methods, and read at all; what cannot goes to the problems. */
    void check(Problems.At problems, RecordFormat format) {
        for (HandlerMethod method : methods) {
            Argument.Payload payload = method.payload().orElse(null);
            String reason = payload == null ? null : format.unreadable(payload.generic());
            if (reason != null) {
                problems.add("the payload of handler " + method.name() + " " + reason);
            }
        }
        byTopic().forEach((topic, sharing) -> {
            if (sharing.size() > 1) {
                checkShared(topic, sharing, problems, format);
            }
        });
    }

    private static List<Class<?>> payloads(List<HandlerMethod> methods) {
        List<Class<?>> types = new ArrayList<>();
        methods.forEach(method -> method.payload().ifPresent(payload -> types.add(payload.type())));
        return types;
    }

    private static void checkShared(
            String topic, List<HandlerMethod> sharing, Problems.At problems, RecordFormat format) {
        List<String> names = sharing.stream().map(HandlerMethod::name).toList();
        List<Class<?>> payloads = payloads(sharing);
        if (payloads.isEmpty() || format.readsApart(payloads) == null) {
            problems.add("topic '" + topic + "' is taken by " + sharing.size() + " @OnRecord methods, " + names
                    + "; methods share a topic only by payload type, with a value deserializer that tells types apart, or"
                    + " alternatives of a sealed type that is annotated with @JsonTypeInfo");
            return;
        }
        Set<Class<?>> types = new HashSet<>();
        long tombstones = 0;
        for (HandlerMethod method : sharing) {
            Argument.Payload payload = method.payload().orElse(null);
            if (payload == null) {
                problems.add("handler " + method.name() + " shares topic '" + topic
                        + "' and has no payload parameter to tell its records by");
                return;
            }
            if (!types.add(payload.type())) {
                problems.add("topic '" + topic + "' has two @OnRecord methods for "
                        + payload.type().getSimpleName());
            }
            tombstones += payload.nullable() ? 1 : 0;
        }
        if (tombstones > 1) {
            problems.add("a tombstone of topic '" + topic + "' could go to any of " + tombstones
                    + " methods with a @Nullable payload; leave one");
        }
    }

    HandlerBinding binding() {
        return states -> bind(states, formats.get());
    }

    private RecordHandler bind(StateAccess states, RecordFormat format) {
        OutputScope scope = new OutputScope(format);
        Arguments arguments = new Arguments(states, format, scope);
        Map<String, RecordHandler> byTopic = new HashMap<>();
        Map<List<HandlerMethod>, RecordHandler> bound = new HashMap<>();
        byTopic()
                .forEach((topic, sharing) -> byTopic.put(
                        topic, bound.computeIfAbsent(sharing, methods -> handler(methods, arguments, format, scope))));
        RecordHandler handler = bound.size() == 1 ? bound.values().iterator().next() : new TopicHandlers(byTopic);
        return new OwningHandler(handler, format);
    }

    private static RecordHandler handler(
            List<HandlerMethod> methods, Arguments arguments, RecordFormat format, OutputScope scope) {
        if (methods.size() == 1) {
            HandlerMethod method = methods.get(0);
            return new MethodHandler(arguments.bind(method), new Results(method.targets(), format), scope);
        }
        Type common = format.readsApart(payloads(methods));
        if (common == null) {
            throw new IllegalStateException("Methods that share a topic were checked when they were read");
        }
        return new TypedHandlers(methods, common, arguments, format, scope);
    }

    /** The handler of a task and the format it owns. */
    private record OwningHandler(RecordHandler handler, RecordFormat format) implements RecordHandler {

        @Override
        public void handle(IncomingRecord record, RecordEmitter out) throws Throwable {
            handler.handle(record, out);
        }

        @Override
        public void close() {
            format.close();
        }
    }
}
