package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** What containers share: how elements are written, and which containers would come back as something else. */
final class Elements {

    private static final Set<String> IDENTITY =
            Set.of("java.util.IdentityHashMap", "java.util.WeakHashMap", "java.util.Collections$SetFromMap");

    private Elements() {}

    /** Elements that were changed after they went in may have become equal, and then only one of them would come back. */
    static void requireDistinct(Set<?> elements) {
        if (!(elements instanceof SortedSet) && new HashSet<>(elements).size() != elements.size()) {
            throw new UnstorableValue(
                    "a set or map holds elements or keys that are equal: they were changed after they went in");
        }
    }

    static void write(Collection<? extends @Nullable Object> elements, int order, Form form, ValueOutput out) {
        int count = elements.size();
        byte[] nulls = null;
        int place = 0;
        for (Object element : elements) {
            if (element == null) {
                nulls = nulls == null ? new byte[Nulls.bytesFor(count)] : nulls;
                Nulls.set(nulls, place);
            }
            place++;
        }
        ContainerHead.write(out, count, order, nulls != null);
        if (nulls != null) {
            out.write(nulls);
        }
        for (Object element : elements) {
            if (element != null) {
                form.write(element, out);
            }
        }
        if (place != count) {
            throw new UnstorableValue("a container changed while it was written");
        }
    }

    /** A subclass of one of the JDK's own containers has a behaviour of its own, such as an access order, that no bytes keep. */
    static void requireKnownBehaviour(Object container) {
        Class<?> type = container.getClass();
        if (IDENTITY.contains(type.getName())) {
            throw new UnstorableValue("a " + type.getSimpleName()
                    + " tells its elements apart, or keeps them, otherwise than a set or" + " map that is read does");
        }
        if (isJdk(type)) {
            return;
        }
        for (Class<?> parent = type.getSuperclass(); parent != null; parent = parent.getSuperclass()) {
            if (isJdk(parent)
                    && parent != Object.class
                    && !parent.getSimpleName().startsWith("Abstract")) {
                throw new UnstorableValue("a " + type.getName() + " extends " + parent.getSimpleName()
                        + ", and what it changes would be lost");
            }
        }
    }

    static void requireNaturalOrder(@Nullable Comparator<?> comparator) {
        if (comparator != null && comparator != Comparator.naturalOrder()) {
            throw new UnstorableValue("a sorted container has a comparator of its own; only the natural order is kept");
        }
    }

    /** Whether elements come in an order that is part of the value. */
    static boolean isOrdered(Object container) {
        String name = container.getClass().getName();
        return !(name.startsWith("java.util.ImmutableCollections")
                || name.equals("java.util.HashSet")
                || name.equals("java.util.HashMap")
                || name.startsWith("java.util.concurrent.ConcurrentHashMap")
                || name.startsWith("java.util.Collections"));
    }

    private static boolean isJdk(Class<?> type) {
        return type.getName().startsWith("java.");
    }
}
