package io.tidemark.codec;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares values by content, field by field: a way of its own, apart from how they are written, so that it sees what a form forgot. For tests
 * at start and of first values; slow.
 */
final class Contents {

    private static final int MOST_LEVELS = 2 * ValueOutput.MOST_LEVELS;

    private Contents() {}

    static boolean same(@Nullable Object a, @Nullable Object b) {
        return same(a, b, 0);
    }

    private static boolean same(@Nullable Object a, @Nullable Object b, int level) {
        if (a == b) {
            return true;
        }
        if (a == null || b == null || level > MOST_LEVELS) {
            return false;
        }
        if (a.getClass().isArray()) {
            return a.getClass() == b.getClass() && sameArrays(a, b, level);
        }
        if (a instanceof Map<?, ?> left) {
            return b instanceof Map<?, ?> right && sameMaps(left, right, level);
        }
        if (a instanceof Collection<?> left) {
            return b instanceof Collection<?> right && sameCollections(left, right, level);
        }
        if (a instanceof Optional<?> left) {
            return b instanceof Optional<?> right && same(left.orElse(null), right.orElse(null), level + 1);
        }
        if (a.getClass() != b.getClass()) {
            return false;
        }
        boolean opaque = a instanceof Enum<?> || a.getClass().getName().startsWith("java.");
        return opaque ? a.equals(b) : sameFields(a, b, level);
    }

    private static boolean sameArrays(Object a, Object b, int level) {
        int length = Array.getLength(a);
        if (length != Array.getLength(b)) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (!same(Array.get(a, i), Array.get(b, i), level + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameMaps(Map<?, ?> a, Map<?, ?> b, int level) {
        if (a.size() != b.size()) {
            return false;
        }
        boolean ordered = Elements.isOrdered(a) && Elements.isOrdered(b);
        return ordered
                ? sameInOrder(a.entrySet(), b.entrySet(), level)
                : sameInAnyOrder(a.entrySet(), b.entrySet(), level);
    }

    private static boolean sameCollections(Collection<?> a, Collection<?> b, int level) {
        boolean wasSet = a instanceof Set;
        boolean isSet = b instanceof Set;
        boolean listStays = !(a instanceof List) || b instanceof List;
        boolean sameKind = (wasSet == isSet) && listStays;
        boolean ordered = !(a instanceof Set) || (Elements.isOrdered(a) && Elements.isOrdered(b));
        return sameKind && a.size() == b.size() && (ordered ? sameInOrder(a, b, level) : sameInAnyOrder(a, b, level));
    }

    private static boolean sameInOrder(Collection<?> a, Collection<?> b, int level) {
        Iterator<?> right = b.iterator();
        for (Object left : a) {
            if (!right.hasNext() || !sameElement(left, right.next(), level)) {
                return false;
            }
        }
        return !right.hasNext();
    }

    /** Each with the one it equals; those that equal nobody but themselves are looked for one by one. */
    private static boolean sameInAnyOrder(Collection<?> a, Collection<?> b, int level) {
        Map<Object, Object> byEquality = new HashMap<>();
        for (Object each : b) {
            byEquality.put(keyOf(each), each);
        }
        List<Object> unmatched = new ArrayList<>();
        for (Object each : a) {
            Object other = byEquality.get(keyOf(each));
            if (other == null || !sameElement(each, other, level)) {
                unmatched.add(each);
            } else {
                byEquality.remove(keyOf(each));
            }
        }
        List<Object> left = new ArrayList<>(byEquality.values());
        for (Object each : unmatched) {
            if (!removeSame(left, each, level)) {
                return false;
            }
        }
        return left.isEmpty();
    }

    private static boolean removeSame(List<Object> from, Object one, int level) {
        for (int i = 0; i < from.size(); i++) {
            if (sameElement(one, from.get(i), level)) {
                from.remove(i);
                return true;
            }
        }
        return false;
    }

    private static Object keyOf(@Nullable Object element) {
        Object key = element instanceof Map.Entry<?, ?> entry ? entry.getKey() : element;
        return key == null ? Optional.empty() : key;
    }

    private static boolean sameElement(@Nullable Object a, @Nullable Object b, int level) {
        if (a instanceof Map.Entry<?, ?> left && b instanceof Map.Entry<?, ?> right) {
            return same(left.getKey(), right.getKey(), level + 1) && same(left.getValue(), right.getValue(), level + 1);
        }
        return same(a, b, level + 1);
    }

    private static boolean sameFields(Object a, Object b, int level) {
        for (Class<?> type = a.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            if (type.getName().startsWith("java.")) {
                continue; // Record
            }
            for (Field field : type.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (!Modifier.isStatic(modifiers) && !Modifier.isTransient(modifiers) && !field.isSynthetic()) {
                    if (!same(valueOf(field, a), valueOf(field, b), level + 1)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static @Nullable Object valueOf(Field field, Object of) {
        try {
            field.setAccessible(true);
            return field.get(of);
        } catch (IllegalAccessException | RuntimeException e) {
            // what nobody may look into says itself whether it is the same
            return Objects.hash(of);
        }
    }
}
