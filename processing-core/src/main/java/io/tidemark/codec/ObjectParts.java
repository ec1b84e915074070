package io.tidemark.codec;

import io.tidemark.api.StateAlias;
import io.tidemark.api.StateDefault;
import java.io.Externalizable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an object consists of, and how it is made of it: the fields of a record or class, those of its superclasses first, without static
 * and transient ones. Fields rather than accessors: what the constructor was given is what it is to be given again.
 */
final class ObjectParts {

    /** Methods by which Java's serialization lets a class say what it is. */
    private static final Set<String> SERIALIZES_ITSELF =
            Set.of("writeObject", "readObject", "writeReplace", "readResolve");

    private final Class<?> type;
    private final TypeVariables variables;
    private final Consumer<String> refusal;
    private List<Slot> slots = List.of();
    private @Nullable Maker maker;
    private boolean byOrder;
    private boolean mayHoldMore;

    /**
     * @param variables what type variables stand for in it
     * @param refusal takes what stands against it
     */
    ObjectParts(Class<?> type, TypeVariables variables, Consumer<String> refusal) {
        this.type = type;
        this.variables = variables;
        this.refusal = refusal;
    }

    List<Slot> slots() {
        return slots;
    }

    /** Whether its constructor takes several fields of one type without saying which is which. */
    boolean isByOrder() {
        return byOrder;
    }

    /** Whether an object may come to hold what its constructor would not take, or equal others by what is not stored. */
    boolean mayHoldMore() {
        return mayHoldMore;
    }

    Maker maker() {
        Maker made = maker;
        return made == null ? new Maker.Single(this) : made;
    }

    /**
     * @param forms the form of a field, by its name and type
     */
    void read(BiFunction<String, Type, Form> forms) {
        List<Field> fields = fields();
        if (!namesDiffer(fields) || !isItsFields(fields)) {
            return;
        }
        try {
            List<Slot> read = new ArrayList<>();
            for (Field field : fields) {
                Slot.Quick quick = Slot.Quick.of(field.getType());
                MethodHandle get = MethodHandles.privateLookupIn(field.getDeclaringClass(), MethodHandles.lookup())
                        .unreflectGetter(field)
                        .asType(MethodType.methodType(quick.taken(), Object.class));
                read.add(new Slot(
                        field.getName(),
                        forms.apply(field.getName(), field.getGenericType()),
                        get,
                        quick,
                        read.size(),
                        field.getAnnotation(StateAlias.class),
                        field.getAnnotation(StateDefault.class)));
            }
            checkAnnotations(read);
            read.sort(Comparator.comparing(Slot::name));
            makerOf(fields, read);
        } catch (IllegalAccessException e) {
            refusal.accept(
                    "is " + type.getName() + ", into which nobody may look: open its package to io.tidemark.codec");
        }
    }

    private List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
            if (level != type && level.getName().startsWith("java.") && level != Record.class) {
                refusal.accept("is " + type.getSimpleName() + ", which extends " + level.getSimpleName()
                        + ": hold what you need of it in a field");
                return List.of();
            }
            List<Field> own = new ArrayList<>();
            for (Field field : level.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())
                        && !Modifier.isTransient(field.getModifiers())
                        && !field.isSynthetic()) {
                    own.add(field);
                }
            }
            fields.addAll(0, own);
        }
        return fields;
    }

    private boolean namesDiffer(List<Field> fields) {
        Set<String> names = new HashSet<>();
        for (Field field : fields) {
            if (!names.add(field.getName())) {
                refusal.accept("is " + type.getSimpleName() + ", which has two fields '" + field.getName()
                        + "', one in a superclass: rename one");
                return false;
            }
        }
        return true;
    }

    /** Classes that write themselves, or hold all they have in fields that are not stored, would come back empty. */
    private boolean isItsFields(List<Field> fields) {
        if (type.isRecord()) {
            return true;
        }
        boolean allTransient = false;
        boolean own = Externalizable.class.isAssignableFrom(type);
        boolean constants = false;
        for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
            for (Field field : level.getDeclaredFields()) {
                boolean isStatic = Modifier.isStatic(field.getModifiers());
                allTransient |= !isStatic && Modifier.isTransient(field.getModifiers());
                constants |=
                        isStatic && field.getType() == type && !field.getName().equals("INSTANCE");
            }
            for (Method method : level.getDeclaredMethods()) {
                own |= SERIALIZES_ITSELF.contains(method.getName());
            }
        }
        mayHoldMore = allTransient;
        boolean single = fields.isEmpty() && isSingle();
        if ((own || (allTransient && fields.isEmpty())) && !single) {
            refusal.accept("is " + type.getSimpleName()
                    + ", which writes itself or holds what it has in transient fields: use a"
                    + " record of what you need, or name a codec in @State(codec = ...)");
            return false;
        }
        if (constants && !overridesEquals()) {
            refusal.accept("is " + type.getSimpleName()
                    + ", whose objects are constants that only equal themselves: make it an"
                    + " enum, or give it equals and hashCode");
            return false;
        }
        return true;
    }

    private boolean overridesEquals() {
        try {
            return type.getMethod("equals", Object.class).getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("Every class has equals", e);
        }
    }

    private boolean isSingle() {
        for (Field field : type.getDeclaredFields()) {
            if (isInstance(field)) {
                return true;
            }
        }
        return false;
    }

    private boolean isInstance(Field field) {
        int modifiers = field.getModifiers();
        return Modifier.isStatic(modifiers)
                && Modifier.isFinal(modifiers)
                && field.getType() == type
                && field.getName().equals("INSTANCE");
    }

    /** What annotations say of names and defaults is looked at now, not when an old value is met. */
    private void checkAnnotations(List<Slot> read) {
        Set<String> names = new HashSet<>();
        read.forEach(slot -> names.add(slot.name()));
        for (Slot slot : read) {
            for (String former : slot.formerNames()) {
                if (!names.add(former)) {
                    refusal.accept("has '" + slot.name() + "' with the alias '" + former
                            + "', which another field has as its name"
                            + " or alias: a name means one thing in all versions that may be stored; take another one");
                }
            }
            try {
                if (slot.initial() != null && !(slot.form() instanceof EnclosingForm)) {
                    slot.absent();
                }
            } catch (IllegalArgumentException e) {
                refusal.accept("has '" + slot.name() + "': " + e.getMessage());
            }
        }
    }

    /** A record's own constructor; else the only object there is; else without arguments, unless that leaves a field out; else with all. */
    private void makerOf(List<Field> fields, List<Slot> sorted) throws IllegalAccessException {
        if (!type.isRecord()) {
            Object single = fields.isEmpty() ? singleton() : null;
            if (single != null) {
                maker = new Maker.Single(single);
                slots = sorted;
                return;
            }
            if (byFields(fields, sorted)) {
                return;
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            int[] places = constructor.isSynthetic() ? null : placesIn(constructor, fields);
            if (places != null) {
                byConstructor(constructor, fields, sorted, places);
                return;
            }
        }
        String fixed = fields.stream()
                .filter(ObjectParts::isConstant)
                .map(field -> "'" + field.getName() + "'")
                .collect(Collectors.joining(", "));
        refusal.accept("is " + type.getSimpleName() + ", which cannot be made again: "
                + (constructor() != null && !fixed.isEmpty()
                        ? "its constructor without arguments is of no use, because " + fixed
                                + " is final and cannot be set afterwards"
                        : "it has no constructor without arguments that leaves its fields to be set")
                + ", and it has none whose parameters are all of its fields. Make it a record, or give it a constructor"
                + " that takes each of " + fields.stream().map(Field::getName).collect(Collectors.joining(", "))
                + " (compiled with -parameters)");
    }

    private void byConstructor(Constructor<?> constructor, List<Field> fields, List<Slot> sorted, int[] places)
            throws IllegalAccessException {
        MethodHandle handle = MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                .unreflectConstructor(constructor)
                .asType(MethodType.genericMethodType(fields.size()))
                .asSpreader(Object[].class, fields.size());
        maker = new Maker.ByConstructor(handle);
        byOrder = !type.isRecord() && !constructor.getParameters()[0].isNamePresent() && hasSameTypes(fields);
        mayHoldMore |= fields.stream().anyMatch(field -> !Modifier.isFinal(field.getModifiers()));
        slots = sorted.stream().map(slot -> slot.at(places[slot.place()])).toList();
    }

    /** Kotlin's objects and the like. */
    private @Nullable Object singleton() throws IllegalAccessException {
        for (Field field : type.getDeclaredFields()) {
            if (isInstance(field)) {
                field.setAccessible(true);
                return field.get(null);
            }
        }
        return null;
    }

    /** A final number or text may be built into the code that reads it: setting it would change nothing. */
    /** Final ones of these types are compiled into what reads them. */
    private static boolean isConstant(Field field) {
        return Modifier.isFinal(field.getModifiers())
                && (field.getType().isPrimitive() || field.getType() == String.class);
    }

    private boolean byFields(List<Field> fields, List<Slot> sorted) throws IllegalAccessException {
        Constructor<?> none = constructor();
        if (fields.stream().anyMatch(ObjectParts::isConstant) || none == null || !isWillingly(none)) {
            return false;
        }
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        MethodHandle make = lookup.unreflectConstructor(none).asType(MethodType.methodType(Object.class));
        MethodHandle[] setters = new MethodHandle[sorted.size()];
        List<Slot> placed = new ArrayList<>();
        for (int i = 0; i < setters.length; i++) {
            Field field = named(fields, sorted.get(i).name());
            field.setAccessible(true);
            setters[i] = MethodHandles.privateLookupIn(field.getDeclaringClass(), MethodHandles.lookup())
                    .unreflectSetter(field)
                    .asType(MethodType.methodType(void.class, Object.class, Object.class));
            placed.add(sorted.get(i).at(i));
        }
        maker = new Maker.ByFields(make, setters);
        slots = placed;
        return true;
    }

    private @Nullable Constructor<?> constructor() {
        for (Constructor<?> each : type.getDeclaredConstructors()) {
            if (each.getParameterCount() == 0) {
                return each;
            }
        }
        return null;
    }

    /** One that only throws is there for somebody else. */
    private static boolean isWillingly(Constructor<?> none) throws IllegalAccessException {
        try {
            none.setAccessible(true);
            none.newInstance();
            return true;
        } catch (InvocationTargetException | InstantiationException e) {
            return false;
        }
    }

    private static Field named(List<Field> fields, String name) {
        for (Field field : fields) {
            if (field.getName().equals(name)) {
                return field;
            }
        }
        throw new IllegalStateException("A slot was made of each field");
    }

    private static boolean hasSameTypes(List<Field> fields) {
        Set<Class<?>> types = new HashSet<>();
        return fields.stream().anyMatch(field -> !types.add(field.getType()));
    }

    /**
     * For each field its place among the parameters of a constructor that takes just them: by name where names are known, else by order,
     * which the test at start then proves. {@code null} when it takes something else.
     */
    private int @Nullable [] placesIn(Constructor<?> constructor, List<Field> fields) {
        Parameter[] parameters = constructor.getParameters();
        if (parameters.length != fields.size()) {
            return null;
        }
        int[] places = new int[parameters.length];
        for (int i = 0; i < places.length; i++) {
            int place = type.isRecord() || !parameters[i].isNamePresent() ? i : placeOf(fields.get(i), parameters);
            if (place < 0 || !takes(parameters[place], fields.get(i))) {
                return null;
            }
            places[i] = place;
        }
        return places;
    }

    /** The field's own type, or what its type variable stands for; by name also a more general one, or a box. */
    private boolean takes(Parameter parameter, Field field) {
        Class<?> taken = parameter.getType();
        boolean same = taken == field.getType() || taken == variables.resolve(field.getGenericType());
        boolean wider = parameter.isNamePresent()
                && MethodType.methodType(taken)
                        .wrap()
                        .returnType()
                        .isAssignableFrom(
                                MethodType.methodType(field.getType()).wrap().returnType());
        return same || wider;
    }

    private static int placeOf(Field field, Parameter[] parameters) {
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i].getName().equals(field.getName())) {
                return i;
            }
        }
        return -1;
    }
}
