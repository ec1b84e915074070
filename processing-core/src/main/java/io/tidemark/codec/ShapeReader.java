package io.tidemark.codec;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Describes a Java type as a {@link Shape}. A type that contains itself is cut where it recurs. */
final class ShapeReader {

    private final Deque<Class<?>> open = new ArrayDeque<>();

    private ShapeReader() {}

    static Shape shapeOf(Type type) {
        return new ShapeReader().read(type, Map.of());
    }

    private Shape read(Type type, Map<TypeVariable<?>, Type> bound) {
        if (type instanceof Class<?> plain) {
            return read(plain, bound);
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            return readGeneric(raw, generic.getActualTypeArguments(), bound);
        }
        if (type instanceof GenericArrayType array) {
            return new Shape.Sequence(read(array.getGenericComponentType(), bound));
        }
        if (type instanceof WildcardType wildcard) {
            return read(wildcard.getUpperBounds()[0], bound);
        }
        if (type instanceof TypeVariable<?> variable) {
            Type actual = bound.get(variable);
            return actual == null ? new Shape.Scalar("any") : read(actual, bound);
        }
        return new Shape.Scalar("any");
    }

    private Shape readGeneric(Class<?> raw, Type[] arguments, Map<TypeVariable<?>, Type> bound) {
        if (Collection.class.isAssignableFrom(raw)) {
            return new Shape.Sequence(read(arguments[0], bound));
        }
        if (Map.class.isAssignableFrom(raw)) {
            return new Shape.Dictionary(read(arguments[arguments.length - 1], bound));
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

    private Shape read(Class<?> type, Map<TypeVariable<?>, Type> bound) {
        if (type == byte[].class) {
            return new Shape.Scalar("bytes");
        }
        if (type.isArray()) {
            return new Shape.Sequence(read(type.getComponentType(), bound));
        }
        if (type.isEnum()) {
            return new Shape.Constants(Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name())
                    .toList());
        }
        String scalar = scalar(type);
        if (scalar != null || open.contains(type)) {
            return new Shape.Scalar(scalar != null ? scalar : "self");
        }
        open.push(type);
        Shape shape = new Shape.Fields(type.isRecord() ? components(type, bound) : fields(type, bound));
        open.pop();
        return shape;
    }

    private SortedMap<String, Shape> components(Class<?> type, Map<TypeVariable<?>, Type> bound) {
        SortedMap<String, Shape> fields = new TreeMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            fields.put(component.getName(), read(component.getGenericType(), bound));
        }
        return fields;
    }

    private SortedMap<String, Shape> fields(Class<?> type, Map<TypeVariable<?>, Type> bound) {
        SortedMap<String, Shape> fields = new TreeMap<>();
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
