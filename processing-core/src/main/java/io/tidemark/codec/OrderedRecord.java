package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records as keys: their components in the order they are declared, one behind the other, so that keys sort by the first, then the second, and
 * so on. Their order is part of the format: it never changes, nor do names and types.
 */
final class OrderedRecord implements OrderedForm<Object> {

    private static final int MOST_LEVELS = 8;

    private final Class<?> type;
    private final List<Part> parts;
    private final MethodHandle constructor;

    private record Part(String name, OrderedForm<Object> form, MethodHandle get) {}

    private OrderedRecord(Class<?> type, List<Part> parts, MethodHandle constructor) {
        this.type = type;
        this.parts = parts;
        this.constructor = constructor;
    }

    static StateCodec<?> codecOf(Class<?> type) {
        return new OrderedCodec<>(type, of(type, type.getSimpleName(), 0));
    }

    @SuppressWarnings("unchecked") // each form is given what its component holds
    private static OrderedRecord of(Class<?> type, String path, int level) {
        List<Part> parts = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                String name = path + "." + components[i].getName();
                OrderedForm<?> form = OrderedForms.of(types[i]);
                if (form == null && types[i].isRecord() && level < MOST_LEVELS) {
                    form = of(types[i], name, level + 1);
                }
                if (form == null) {
                    problems.add(name + " is " + types[i].getSimpleName()
                            + ", which has no bytes that sort like it; map keys are " + OrderedForms.NAMES
                            + ", enums, and records of these");
                } else {
                    MethodHandle get = lookup.findGetter(type, components[i].getName(), types[i])
                            .asType(MethodType.methodType(Object.class, Object.class));
                    parts.add(new Part(components[i].getName(), (OrderedForm<Object>) form, get));
                }
            }
            if (components.length == 0) {
                problems.add(path + " has no components to tell keys apart by");
            }
            if (!problems.isEmpty()) {
                throw new UnstorableType(problems);
            }
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, types))
                    .asType(MethodType.genericMethodType(types.length))
                    .asSpreader(Object[].class, types.length);
            return new OrderedRecord(type, parts, constructor);
        } catch (ReflectiveOperationException e) {
            throw new UnstorableType(List.of(
                    path + ": nobody may look into " + type.getName() + "; open its package to io.tidemark.codec"));
        }
    }

    @Override
    public String word() {
        List<String> words = new ArrayList<>();
        parts.forEach(part -> words.add(part.name() + ":" + part.form().word()));
        return "{" + String.join(",", words) + "}";
    }

    @Override
    public void write(Object value, ValueOutput out) {
        for (Part part : parts) {
            Object content = contentOf(part, value);
            if (content == null) {
                throw OrderedForms.nullPart(part.name());
            }
            part.form().write(content, out);
        }
    }

    private static @Nullable Object contentOf(Part part, Object value) {
        try {
            return (Object) part.get().invokeExact(value);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("A field handle throws nothing", e);
        }
    }

    @Override
    public Object read(ValueInput in) {
        @Nullable Object[] content = new @Nullable Object[parts.size()];
        for (int i = 0; i < content.length; i++) {
            content[i] = parts.get(i).form().read(in);
        }
        return make(content);
    }

    private Object make(@Nullable Object[] content) {
        try {
            return (Object) constructor.invokeExact(content);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("The constructor threw what it does not declare", e);
        }
    }

    @Override
    public List<Object> samples() {
        List<Object> samples = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            @Nullable Object[] content = new @Nullable Object[parts.size()];
            for (int j = 0; j < content.length; j++) {
                List<Object> some = parts.get(j).form().samples();
                if (some.isEmpty()) {
                    return List.of();
                }
                content[j] = some.get((i + j) % some.size());
            }
            try {
                samples.add(make(content));
            } catch (RuntimeException e) {
                // the record takes only some values
            }
        }
        return samples;
    }

    @Override
    public String toString() {
        return type.getSimpleName();
    }
}
