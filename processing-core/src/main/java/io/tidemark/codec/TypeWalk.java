package io.tidemark.codec;

import io.tidemark.api.StateAlias;
import io.tidemark.api.StateName;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Walks a declared type once and makes the form of its values. The universe is closed: what cannot be proven to come back as it was is refused,
 * with the path to it and the way out.
 */
final class TypeWalk {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,62}");
    private static final int MOST_LEVELS = 48;
    private static final int MOST_TYPES = 2_000;

    private static final String TWICE = "a name means one thing in all versions that may be stored; take another one";

    private static final Map<Class<?>, Class<?>> OPTIONALS =
            Map.of(OptionalInt.class, int.class, OptionalLong.class, long.class, OptionalDouble.class, double.class);

    private final List<String> problems = new ArrayList<>();
    private final Deque<String> path = new ArrayDeque<>();
    private final Deque<Open> open = new ArrayDeque<>();
    private final List<ObjectForm> objects = new ArrayList<>();
    private int walked;

    /** A type that is being walked. */
    private static final class Open {
        private final Type type;
        private final List<EnclosingForm> references = new ArrayList<>();

        Open(Type type) {
            this.type = type;
        }
    }

    /**
     * The form of a type. Called once.
     *
     * @throws UnstorableType when it, or anything in it, is outside the universe
     */
    Form formOf(Type type) {
        Form form = walk(type, TypeVariables.none());
        if (problems.isEmpty()) {
            checkText(form.shape());
            objects.forEach(this::checkOrder);
        }
        if (!problems.isEmpty()) {
            throw new UnstorableType(problems);
        }
        return form;
    }

    /** What is stored must be readable by whoever compares it later. */
    private void checkText(Shape shape) {
        try {
            if (Shape.parse(shape.text()).text().equals(shape.text())) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        refuse(
                "has a schema that cannot be read again: it is nested too deeply, has more than "
                        + ShapeParser.MOST_CHARS + " characters, or a name in it holds one of {}[]<>(),:|=^;",
                "use flatter types and plain names");
    }

    /** Parameters without names are the fields in their order, or in another one: only an object that was made can tell. */
    private void checkOrder(ObjectForm form) {
        if (form.isMadeByOrder() && !form.provesItsOrder()) {
            refuse(
                    "contains " + form.type().getSimpleName()
                            + ", whose constructor takes several fields of one type, without"
                            + " the names of its parameters",
                    "compile it with -parameters, or make it a record");
        }
    }

    /** Whether a value could be made of every object in it. Asked after the walk. */
    boolean isProven() {
        return objects.stream().allMatch(ObjectForm::isProven);
    }

    private Form walk(Type declared, TypeVariables variables) {
        Type type = variables.resolve(declared);
        if (type instanceof Class<?> plain) {
            return walkClass(plain);
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            return walkGeneric(generic, raw);
        }
        if (type instanceof GenericArrayType array) {
            Type component = array.getGenericComponentType();
            Class<?> raw = rawOf(component);
            return raw == null
                    ? refuse("is " + type.getTypeName(), "write its element type")
                    : new ArrayForm(raw, at(" element", () -> walk(component, variables)));
        }
        if (type instanceof WildcardType) {
            return refuse("is a wildcard (" + type.getTypeName() + ")", "write the type itself");
        }
        if (type instanceof TypeVariable<?> variable) {
            return refuse(
                    "is the type variable " + variable.getName() + ", which nothing fixes", "write the type itself");
        }
        return refuse("is " + type.getTypeName(), "write a type of the universe");
    }

    private Form walkClass(Class<?> type) {
        Form scalar = Scalars.byClass(type);
        if (scalar != null) {
            return scalar;
        }
        if (type.isArray()) {
            Class<?> element = type.getComponentType();
            return new ArrayForm(element, at(" element", () -> walkClass(element)));
        }
        if (OPTIONALS.containsKey(type)) {
            return new OptionalForm(type, walkClass(OPTIONALS.get(type)));
        }
        if (type.isEnum()) {
            String clash = EnumCodec.clash(type);
            return clash == null ? new EnumForm(type) : refuse("is " + type.getSimpleName() + ", " + clash, TWICE);
        }
        if (type == Class.class) {
            return refuse("is Class", Refusals.insteadOf(type));
        }
        if (type == Object.class) {
            return refuse(
                    "is Object, which says nothing", "write the type itself, or a sealed interface of what it may be");
        }
        if (type.getTypeParameters().length > 0) {
            return refuse("is " + type.getSimpleName() + " without type arguments", "write them");
        }
        return walkOwn(type, type, TypeVariables.of(type));
    }

    private Form walkGeneric(ParameterizedType generic, Class<?> raw) {
        Type[] arguments = generic.getActualTypeArguments();
        if (raw == Optional.class) {
            Form content = walk(arguments[0], TypeVariables.none());
            return new OptionalForm(raw, unboxed(content));
        }
        if (raw == Class.class) {
            return refuse("is Class", Refusals.insteadOf(raw));
        }
        Class<?> first = rawOf(arguments[0]);
        Containers.OfElements elements = arguments.length == 1 ? Containers.collection(raw, first) : null;
        if (elements != null) {
            requireComparable(elements.isSorted(), first, raw);
            return new CollectionForm(
                    elements, at(" element", () -> walk(arguments[0], TypeVariables.none())), isComparable(first));
        }
        Containers.OfEntries entries = arguments.length == 2 ? Containers.map(raw, first) : null;
        if (entries != null) {
            requireComparable(entries.isSorted(), first, raw);
            Form key = at(" key", () -> walk(arguments[0], TypeVariables.none()));
            Form value = at(" value", () -> walk(arguments[1], TypeVariables.none()));
            return new MapForm(entries, key, value, isComparable(first));
        }
        return walkOwn(generic, raw, TypeVariables.of(generic, raw));
    }

    private void requireComparable(boolean sorted, @Nullable Class<?> element, Class<?> container) {
        if (sorted && !isComparable(element)) {
            refuse(
                    "is a " + container.getSimpleName() + " of what has no natural order",
                    "let it implement Comparable, or use List, Set or Map: comparators are not kept");
        }
    }

    private static boolean isComparable(@Nullable Class<?> element) {
        return element != null && Comparable.class.isAssignableFrom(element);
    }

    /** What is inside an optional is never null, whatever box it has. */
    private static Form unboxed(Form content) {
        if (content instanceof ScalarForm scalar && scalar.word().endsWith("?")) {
            ScalarForm primitive =
                    Scalars.byWord(scalar.word().substring(0, scalar.word().length() - 1));
            return primitive == null ? content : primitive;
        }
        return content;
    }

    /** A type of the application's, or of a library: looked at by what it consists of. */
    private Form walkOwn(Type type, Class<?> raw, TypeVariables variables) {
        int levels = 0;
        for (Open outer : open) {
            if (outer.type.equals(type)) {
                EnclosingForm reference = new EnclosingForm(levels);
                outer.references.add(reference);
                return reference;
            }
            levels++;
        }
        if (++walked > MOST_TYPES) {
            return walked > MOST_TYPES + 1
                    ? new EnumForm(Nothing.class)
                    : refuse("consists of more than " + MOST_TYPES + " types", "use smaller types");
        }
        if (levels >= MOST_LEVELS) {
            return refuse("is nested deeper than " + MOST_LEVELS + " types", "use flatter types");
        }
        String hidden = reasonAgainst(raw);
        if (hidden != null) {
            return refuse("is " + raw.getSimpleName() + ", " + hidden, wayOut(raw));
        }
        open.push(new Open(type));
        path.addLast(open.size() == 1 ? raw.getSimpleName() : " " + raw.getSimpleName());
        Form form = raw.isSealed() ? choice(type, raw) : object(raw, variables);
        path.removeLast();
        Open done = open.pop();
        done.references.forEach(reference -> reference.is(form));
        return form;
    }

    private static @Nullable String reasonAgainst(Class<?> raw) {
        if (!raw.isRecord() && Refusals.isForeign(raw)) {
            return Containers.isContainer(raw)
                    ? "a container that is not the JDK's"
                    : "whose objects are not their fields";
        }
        if (raw.getName().startsWith("java.") || raw.getName().startsWith("javax.")) {
            return "which is outside the universe";
        }
        if (raw.isSealed()) {
            return null;
        }
        if (raw.isInterface() || Modifier.isAbstract(raw.getModifiers())) {
            return "which is open: what its values are is not known at start";
        }
        if (raw.isAnonymousClass() || raw.isHidden() || raw.isSynthetic()) {
            return "a class without a name";
        }
        boolean inner = raw.isMemberClass() && !Modifier.isStatic(raw.getModifiers());
        return inner || (raw.isLocalClass() && !raw.isRecord() && !raw.isEnum())
                ? "an inner class, which hangs on an object around it"
                : null;
    }

    private static String wayOut(Class<?> raw) {
        if (Containers.isContainer(raw)) {
            return Refusals.containerInsteadOf(raw);
        }
        boolean open = (raw.isInterface() || Modifier.isAbstract(raw.getModifiers()))
                && !raw.getName().startsWith("java.")
                && !Refusals.isForeign(raw);
        if (open) {
            return "make it sealed, declare a concrete type, or name a codec in @State(codec = ...)";
        }
        return raw.isMemberClass() && !Modifier.isStatic(raw.getModifiers())
                ? "make it static"
                : Refusals.insteadOf(raw);
    }

    private Form choice(Type type, Class<?> raw) {
        ChoiceForm form = new ChoiceForm(raw.getSimpleName());
        Set<Class<?>> leaves = new LinkedHashSet<>();
        leavesOf(raw, leaves);
        Map<String, Class<?>> names = new HashMap<>();
        List<ChoiceForm.Alternative> alternatives = new ArrayList<>();
        for (Class<?> leaf : leaves) {
            String name = nameOf(leaf);
            Class<?> other = names.putIfAbsent(name, leaf);
            if (other != null) {
                refuse(
                        "has two alternatives named '" + name + "', " + other.getName() + " and " + leaf.getName(),
                        "give one of them a name by @StateName");
            }
            if (!NAME.matcher(name).matches()) {
                refuse("has an alternative named '" + name + "'", "give it a plain name by @StateName");
            }
            Type alternative = leaf == raw ? type : TypeVariables.subtype(leaf, raw, type);
            Form content = alternative == null
                    ? refuse(
                            "has an alternative " + leaf.getSimpleName() + " whose type arguments it does not say",
                            "use the same arguments in both")
                    : alternative(leaf, raw, alternative);
            StateAlias alias = leaf.getAnnotation(StateAlias.class);
            alternatives.add(
                    new ChoiceForm.Alternative(leaf, name, alias == null ? Set.of() : Set.of(alias.value()), content));
        }
        checkAliases(alternatives, names.keySet());
        alternatives.sort(Comparator.comparing(ChoiceForm.Alternative::name));
        form.are(alternatives);
        return form;
    }

    private void checkAliases(List<ChoiceForm.Alternative> alternatives, Set<String> names) {
        Set<String> seen = new HashSet<>(names);
        for (ChoiceForm.Alternative each : alternatives) {
            for (String former : each.formerNames()) {
                if (!seen.add(former)) {
                    refuse(
                            "has an alternative " + each.name() + " with the alias '" + former
                                    + "', which another one has",
                            TWICE);
                }
            }
        }
    }

    /** A sealed class may be one of its own alternatives. */
    private Form alternative(Class<?> leaf, Class<?> raw, Type alternative) {
        if (leaf == raw) {
            open.push(new Open(new Itself(alternative)));
            Form form = object(leaf, variablesOf(alternative, leaf));
            open.pop();
            return form;
        }
        return walkLeaf(leaf, alternative);
    }

    private Form walkLeaf(Class<?> leaf, Type alternative) {
        if (!leaf.isSealed()) {
            return walk(alternative, TypeVariables.none());
        }
        // concrete and sealed: its own subclasses are alternatives beside it
        open.push(new Open(new Itself(alternative)));
        path.addLast(" " + leaf.getSimpleName());
        Form form = object(leaf, variablesOf(alternative, leaf));
        path.removeLast();
        open.pop();
        return form;
    }

    private static TypeVariables variablesOf(Type type, Class<?> raw) {
        return type instanceof ParameterizedType generic ? TypeVariables.of(generic, raw) : TypeVariables.of(raw);
    }

    /** The fields of a sealed class, as opposed to the choice it is as a type. */
    private record Itself(Type type) implements Type {}

    private void leavesOf(Class<?> sealed, Set<Class<?>> leaves) {
        if (!sealed.isInterface() && !Modifier.isAbstract(sealed.getModifiers())) {
            leaves.add(sealed);
        }
        for (Class<?> each : sealed.getPermittedSubclasses()) {
            if (each.isSealed() && !each.isEnum()) {
                leavesOf(each, leaves);
            } else if (!each.isEnum() && !Modifier.isFinal(each.getModifiers())) {
                refuse(
                        "has an alternative " + each.getSimpleName() + " that is non-sealed, so anything may extend it",
                        "make it final or sealed");
            } else {
                leaves.add(each);
            }
        }
    }

    private static String nameOf(Class<?> leaf) {
        StateName given = leaf.getAnnotation(StateName.class);
        return given == null ? leaf.getSimpleName() : given.value();
    }

    private Form object(Class<?> raw, TypeVariables variables) {
        ObjectForm form = new ObjectForm(raw);
        ObjectParts parts = new ObjectParts(raw, variables, this::refuseText);
        parts.read((step, type) -> at("." + step, () -> walk(type, variables)));
        form.consistsOf(parts.slots(), parts.maker(), parts.isByOrder(), parts.mayHoldMore());
        objects.add(form);
        return form;
    }

    private <T> T at(String step, Supplier<T> inside) {
        path.addLast(step);
        T result = inside.get();
        path.removeLast();
        return result;
    }

    private Form refuse(String what, String instead) {
        refuseText(what + ": " + instead);
        return new EnumForm(Nothing.class);
    }

    private void refuseText(String text) {
        String where = String.join("", path).strip();
        problems.add((where.isEmpty() ? "the type" : where) + " " + text);
    }

    /** Stands where a type was refused. */
    private enum Nothing {}

    private static @Nullable Class<?> rawOf(Type type) {
        if (type instanceof ParameterizedType generic) {
            return rawOf(generic.getRawType());
        }
        return type instanceof Class<?> raw ? raw : null;
    }
}
