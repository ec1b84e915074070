package io.tidemark.codec;

import io.tidemark.api.StateAlias;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Describes a Java type, as the format before this one saw it, as a {@link FormerShape}. A type that contains itself is cut where it recurs. */
final class FormerShapeReader {

    private final Deque<Class<?>> open = new ArrayDeque<>();

    private FormerShapeReader() {}

    static FormerShape shapeOf(Type type) {
        return new FormerShapeReader().read(type, Map.of());
    }

    private FormerShape read(Type type, Map<TypeVariable<?>, Type> bound) {
        if (type instanceof Class<?> plain) {
            return read(plain, bound);
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            return readGeneric(raw, generic.getActualTypeArguments(), bound);
        }
        if (type instanceof GenericArrayType array) {
            return new FormerShape.Sequence(read(array.getGenericComponentType(), bound));
        }
        if (type instanceof WildcardType wildcard) {
            return read(wildcard.getUpperBounds()[0], bound);
        }
        if (type instanceof TypeVariable<?> variable) {
            Type actual = bound.get(variable);
            return actual == null ? new FormerShape.Scalar("any") : read(actual, bound);
        }
        return new FormerShape.Scalar("any");
    }

    private FormerShape readGeneric(Class<?> raw, Type[] arguments, Map<TypeVariable<?>, Type> bound) {
        if (Collection.class.isAssignableFrom(raw)) {
            return new FormerShape.Sequence(read(arguments[0], bound));
        }
        if (Map.class.isAssignableFrom(raw) && !isReadableKey(arguments[0])) {
            return new FormerShape.Scalar("a map whose keys were stored as text that cannot be read again");
        }
        if (Map.class.isAssignableFrom(raw)) {
            return new FormerShape.Dictionary(read(arguments[arguments.length - 1], bound));
        }
        if (raw == Optional.class) {
            return read(arguments[0], bound);
        }
        Map<TypeVariable<?>, Type> inner = new HashMap<>(bound);
        TypeVariable<?>[] variables = raw.getTypeParameters();
        for (int i = 0; i < variables.length; i++) {
            inner.put(variables[i], arguments[i]);
        }
        return read(raw, inner);
    }

    private FormerShape read(Class<?> type, Map<TypeVariable<?>, Type> bound) {
        if (type == byte[].class) {
            return new FormerShape.Scalar("bytes");
        }
        if (type.isArray()) {
            return new FormerShape.Sequence(read(type.getComponentType(), bound));
        }
        if (type.isEnum()) {
            Set<String> former = new HashSet<>();
            List<String> names = new ArrayList<>();
            for (Object constant : type.getEnumConstants()) {
                names.add(((Enum<?>) constant).name());
                former.addAll(EnumCodec.formerNames((Enum<?>) constant));
            }
            return new FormerShape.Constants(names, former);
        }
        String scalar = scalar(type);
        if (scalar != null || open.contains(type)) {
            return new FormerShape.Scalar(scalar != null ? scalar : "self");
        }
        if (isUntyped(type)) {
            return new FormerShape.Scalar(
                    "an open or sealed type, whose values were stored without saying which they are");
        }
        open.push(type);
        FormerShape shape =
                new FormerShape.Fields(type.isRecord() ? components(type, bound) : fields(type, bound), aliases(type));
        open.pop();
        return shape;
    }

    private static boolean isReadableKey(Type key) {
        return key instanceof Class<?> type
                && (type.isEnum()
                        || type == String.class
                        || (Number.class.isAssignableFrom(type)
                                && type.getName().startsWith("java.lang."))
                        || List.of(Boolean.class, Character.class, UUID.class, Locale.class, Currency.class, URI.class)
                                .contains(type)
                        || type.getName().startsWith("java.time."));
    }

    /** Only an annotation of Jackson's made it write which type a value has. */
    private static boolean isUntyped(Class<?> type) {
        return (type.isInterface() || Modifier.isAbstract(type.getModifiers()))
                && !type.isPrimitive()
                && Arrays.stream(type.getAnnotations())
                        .noneMatch(each -> each.annotationType().getSimpleName().equals("JsonTypeInfo"));
    }

    private static Map<String, List<String>> aliases(Class<?> type) {
        Map<String, List<String>> aliases = new HashMap<>();
        for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
            for (Field field : level.getDeclaredFields()) {
                StateAlias alias = field.getAnnotation(StateAlias.class);
                if (alias != null) {
                    aliases.put(field.getName(), List.of(alias.value()));
                }
            }
        }
        return aliases;
    }

    private SortedMap<String, FormerShape> components(Class<?> type, Map<TypeVariable<?>, Type> bound) {
        SortedMap<String, FormerShape> fields = new TreeMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            fields.put(component.getName(), read(component.getGenericType(), bound));
        }
        return fields;
    }

    private SortedMap<String, FormerShape> fields(Class<?> type, Map<TypeVariable<?>, Type> bound) {
        SortedMap<String, FormerShape> fields = new TreeMap<>();
        for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
            for (var field : level.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                    fields.put(field.getName(), read(field.getGenericType(), bound));
                }
            }
        }
        return fields;
    }

    /** Types of the JDK are written as one value; {@code Integer} and {@code int} are the same shape. */
    private static @Nullable String scalar(Class<?> type) {
        if (type == Integer.class) {
            return "int";
        }
        if (type == Character.class) {
            return "char";
        }
        boolean jdk = type.isPrimitive() || type.getName().startsWith("java.");
        return jdk ? type.getSimpleName().toLowerCase(Locale.ROOT) : null;
    }
}
