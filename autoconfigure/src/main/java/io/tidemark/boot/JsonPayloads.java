package io.tidemark.boot;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;

/** What can be said at start of payloads that are read as JSON. */
final class JsonPayloads {

    private JsonPayloads() {}

    /**
     * Why no JSON can be read as that type, or {@code null} when some can: the mapper is asked to read nothing and an empty object, and says
     * whether it is the content or the type that it cannot read. The parts of records are asked for as well, because a mapper looks at them
     * only when it meets one.
     */
    static @Nullable String unreadable(JsonMapper json, Type type) {
        String whole = unreadable(json, json.constructType(type), "is ");
        return whole != null ? whole : unreadablePart(json, json.constructType(type), new HashSet<>());
    }

    private static @Nullable String unreadable(JsonMapper json, JavaType type, String is) {
        ObjectReader reader = json.readerFor(type);
        for (String probe : List.of("null", "{}")) {
            try {
                reader.readValue(probe.getBytes(StandardCharsets.UTF_8));
            } catch (InvalidDefinitionException e) {
                Class<?> open = type.getRawClass();
                return open.isSealed() || open.isInterface()
                        ? is + open.getSimpleName() + ", of which JSON does not say what it is: annotate it with"
                                + " @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME), take a concrete type, or configure a value"
                                + " deserializer"
                        : "cannot be read from JSON: " + e.getOriginalMessage()
                                + "; take a type that can, or configure a value deserializer";
            } catch (JacksonException | IllegalArgumentException e) {
                // the type can be read, only not from this
            } catch (RuntimeException e) {
                // the author's constructor refuses what is empty
            }
        }
        return null;
    }

    private static @Nullable String unreadablePart(JsonMapper json, JavaType type, Set<JavaType> seen) {
        if (!seen.add(type)) {
            return null;
        }
        for (JavaType argument : type.getBindings().getTypeParameters()) {
            String why = unreadableOpen(json, argument, "has a part that is ", seen);
            if (why != null) {
                return why;
            }
        }
        RecordComponent[] components = type.getRawClass().getRecordComponents();
        if (components == null || isJacksons(type.getRawClass().getAnnotations())) {
            return null;
        }
        for (RecordComponent component : components) {
            JavaType part = json.getTypeFactory().resolveMemberType(component.getGenericType(), type.getBindings());
            String why = isJacksons(component.getAnnotations())
                            || isJacksons(component.getAccessor().getAnnotations())
                    ? null
                    : unreadableOpen(json, part, "has '" + component.getName() + "', which is ", seen);
            if (why != null) {
                return why;
            }
        }
        return null;
    }

    private static @Nullable String unreadableOpen(JsonMapper json, JavaType type, String is, Set<JavaType> seen) {
        Class<?> raw = type.getRawClass();
        boolean open = type.isAbstract() && !raw.isPrimitive() && !raw.getName().startsWith("java.");
        String why = open ? unreadable(json, type, is) : null;
        return why != null ? why : unreadablePart(json, type, seen);
    }

    /** An annotation of Jackson's says how this is read: then it is the author's. */
    private static boolean isJacksons(Annotation[] annotations) {
        return Arrays.stream(annotations)
                .map(annotation -> annotation.annotationType().getName())
                .anyMatch(name -> name.startsWith("com.fasterxml.jackson.") || name.startsWith("tools.jackson."));
    }

    /** A type that all of these are, and that says in its JSON which of them it is. */
    static @Nullable Type commonType(List<Class<?>> payloads) {
        Deque<Class<?>> candidates = new ArrayDeque<>();
        candidates.add(payloads.get(0));
        while (!candidates.isEmpty()) {
            Class<?> type = candidates.remove();
            boolean all = payloads.stream().allMatch(type::isAssignableFrom);
            if (all && type.isAnnotationPresent(JsonTypeInfo.class)) {
                return type;
            }
            if (type.getSuperclass() != null) {
                candidates.add(type.getSuperclass());
            }
            candidates.addAll(Arrays.asList(type.getInterfaces()));
        }
        return null;
    }
}
