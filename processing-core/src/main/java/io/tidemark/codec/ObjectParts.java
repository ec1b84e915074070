package io.tidemark.codec;

import io.tidemark.api.StateAlias;
import io.tidemark.api.StateDefault;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
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
import org.jspecify.annotations.Nullable;

/**
 * What an object consists of, and how it is made of it: the fields of a record or class, those of its superclasses first, without static
 * and transient ones. Fields rather than accessors: what the constructor was given is what it is to be given again.
 */
final class ObjectParts {

    private final Class<?> type;
    private final Consumer<String> refusal;
    private List<Slot> slots = List.of();
    private @Nullable Maker maker;

    /**
     * @param refusal takes what stands against it
     */
    ObjectParts(Class<?> type, Consumer<String> refusal) {
        this.type = type;
        this.refusal = refusal;
    }

    List<Slot> slots() {
        return slots;
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
        if (!namesDiffer(fields)) {
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
        refusal.accept("is " + type.getSimpleName() + ", which cannot be made again: it has no constructor without"
                + " arguments that leaves its fields to be set, and none whose parameters are its fields. Make it a"
                + " record, or give it such a constructor (compiled with -parameters)");
    }

    private void byConstructor(Constructor<?> constructor, List<Field> fields, List<Slot> sorted, int[] places)
            throws IllegalAccessException {
        MethodHandle handle = MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                .unreflectConstructor(constructor)
                .asType(MethodType.genericMethodType(fields.size()))
                .asSpreader(Object[].class, fields.size());
        maker = new Maker.ByConstructor(handle);
        slots = sorted.stream().map(slot -> slot.at(places[slot.place()])).toList();
    }

    /** Kotlin's objects and the like. */
    private @Nullable Object singleton() throws IllegalAccessException {
        for (Field field : type.getDeclaredFields()) {
            int modifiers = field.getModifiers();
            if (Modifier.isStatic(modifiers)
                    && Modifier.isFinal(modifiers)
                    && field.getType() == type
                    && field.getName().equals("INSTANCE")) {
                field.setAccessible(true);
                return field.get(null);
            }
        }
        return null;
    }

    /** A final number or text may be built into the code that reads it: setting it would change nothing. */
    private boolean byFields(List<Field> fields, List<Slot> sorted) throws IllegalAccessException {
        Constructor<?> none = constructor();
        for (Field field : fields) {
            boolean constant = field.getType().isPrimitive() || field.getType() == String.class;
            if (Modifier.isFinal(field.getModifiers()) && constant) {
                return false;
            }
        }
        if (none == null) {
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

    private static Field named(List<Field> fields, String name) {
        for (Field field : fields) {
            if (field.getName().equals(name)) {
                return field;
            }
        }
        throw new IllegalStateException("A slot was made of each field");
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
            if (place < 0 || parameters[place].getType() != fields.get(i).getType()) {
                return null;
            }
            places[i] = place;
        }
        return places;
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
