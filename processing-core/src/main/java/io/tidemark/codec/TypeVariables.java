package io.tidemark.codec;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What type variables stand for, seen from a class. Immutable. */
public final class TypeVariables {

    private static final TypeVariables NONE = new TypeVariables(Map.of());

    private final Map<TypeVariable<?>, Type> bound;

    private TypeVariables(Map<TypeVariable<?>, Type> bound) {
        this.bound = bound;
    }

    static TypeVariables none() {
        return NONE;
    }

    /** Those of all superclasses and interfaces of a class, over any number of levels. */
    public static TypeVariables of(Class<?> type) {
        Map<TypeVariable<?>, Type> bound = new HashMap<>();
        collect(type, bound);
        return new TypeVariables(bound);
    }

    private static void collect(@Nullable Class<?> type, Map<TypeVariable<?>, Type> bound) {
        if (type == null || type == Object.class) {
            return;
        }
        bind(type.getGenericSuperclass(), bound);
        collect(type.getSuperclass(), bound);
        Type[] interfaces = type.getGenericInterfaces();
        for (int i = 0; i < interfaces.length; i++) {
            bind(interfaces[i], bound);
            collect(type.getInterfaces()[i], bound);
        }
    }

    private static void bind(@Nullable Type parent, Map<TypeVariable<?>, Type> bound) {
        if (parent instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            Type[] arguments = generic.getActualTypeArguments();
            TypeVariable<?>[] variables = raw.getTypeParameters();
            for (int i = 0; i < variables.length; i++) {
                bound.putIfAbsent(variables[i], new TypeVariables(bound).resolve(arguments[i]));
            }
        }
    }

    /** Those of a generic type itself. */
    static TypeVariables of(ParameterizedType generic, Class<?> raw) {
        Map<TypeVariable<?>, Type> bound = new HashMap<>();
        TypeVariable<?>[] variables = raw.getTypeParameters();
        for (int i = 0; i < variables.length; i++) {
            bound.put(variables[i], generic.getActualTypeArguments()[i]);
        }
        return new TypeVariables(bound).and(of(raw));
    }

    /** These and what they say of others. */
    private TypeVariables and(TypeVariables others) {
        Map<TypeVariable<?>, Type> all = new HashMap<>(bound);
        others.bound.forEach((variable, type) -> all.putIfAbsent(variable, resolve(type)));
        return new TypeVariables(all);
    }

    /**
     * The type of a subclass, given what its generic parent is: {@code Ok<T> implements Result<T>} as part of {@code Result<String>}.
     *
     * @return {@code null} when the parent does not say what all variables of the subclass are
     */
    static @Nullable Type subtype(Class<?> subclass, Class<?> parent, Type declaredParent) {
        TypeVariable<?>[] variables = subclass.getTypeParameters();
        if (variables.length == 0) {
            return subclass;
        }
        if (!(declaredParent instanceof ParameterizedType generic)) {
            return null;
        }
        TypeVariables seen = of(subclass);
        Map<TypeVariable<?>, Type> found = new HashMap<>();
        TypeVariable<?>[] ofParent = parent.getTypeParameters();
        for (int i = 0; i < ofParent.length; i++) {
            Type inSubclass = seen.resolve(ofParent[i]);
            if (inSubclass instanceof TypeVariable<?> variable) {
                found.put(variable, generic.getActualTypeArguments()[i]);
            }
        }
        Type[] arguments = new Type[variables.length];
        for (int i = 0; i < variables.length; i++) {
            Type argument = found.get(variables[i]);
            if (argument == null) {
                return null;
            }
            arguments[i] = argument;
        }
        return new Generic(subclass, List.of(arguments));
    }

    /** The type with variables replaced as far as they are known. */
    public Type resolve(Type type) {
        if (type instanceof TypeVariable<?> variable) {
            return bound.getOrDefault(variable, variable);
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            List<Type> arguments = Arrays.stream(generic.getActualTypeArguments())
                    .map(this::resolve)
                    .toList();
            return new Generic(raw, arguments);
        }
        if (type instanceof GenericArrayType array) {
            Type element = resolve(array.getGenericComponentType());
            return element instanceof Class<?> raw ? Array.newInstance(raw, 0).getClass() : new ArrayOf(element);
        }
        return type;
    }

    /** A generic type that no declaration spells out. */
    record Generic(Class<?> raw, List<Type> arguments) implements ParameterizedType {

        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(new Type[0]);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return raw.getDeclaringClass();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ParameterizedType that
                    && raw.equals(that.getRawType())
                    && arguments.equals(List.of(that.getActualTypeArguments()));
        }

        @Override
        public int hashCode() {
            return Objects.hash(raw, arguments);
        }

        @Override
        public String toString() {
            return raw.getTypeName() + "<"
                    + String.join(
                            ", ", arguments.stream().map(Type::getTypeName).toList()) + ">";
        }
    }

    /** An array of a generic type. */
    private record ArrayOf(Type element) implements GenericArrayType {

        @Override
        public Type getGenericComponentType() {
            return element;
        }

        @Override
        public String toString() {
            return element.getTypeName() + "[]";
        }
    }
}
