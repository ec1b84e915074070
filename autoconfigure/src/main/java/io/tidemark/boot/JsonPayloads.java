package io.tidemark.boot;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;

/** What can be said at start of payloads that are read as JSON. */
final class JsonPayloads {

    private JsonPayloads() {}

    /**
     * Why no JSON can be read as that type, or {@code null} when some can: the mapper is asked to read nothing and an empty object, and says
     * whether it is the content or the type that it cannot read.
     */
    static @Nullable String unreadable(JsonMapper json, Type type) {
        ObjectReader reader = json.readerFor(json.constructType(type));
        for (String probe : List.of("null", "{}")) {
            try {
                reader.readValue(probe.getBytes(StandardCharsets.UTF_8));
            } catch (InvalidDefinitionException e) {
                Class<?> open = json.constructType(type).getRawClass();
                boolean sealed = open.isSealed();
                return sealed || open.isInterface()
                        ? "is " + open.getSimpleName() + ", of which JSON does not say what it is: annotate it with"
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
