package io.tidemark.codec;

import io.tidemark.api.StateAlias;
import io.tidemark.api.StateDefault;
import java.lang.invoke.MethodHandle;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A part of an object.
 *
 * @param name of its component or field
 * @param form how it is written
 * @param get takes the object to the part: a long of whole primitives, a double, else an object
 * @param quick which of these
 * @param place where its maker expects it
 * @param alias its earlier names, or {@code null} when nothing is said
 * @param initial the value for objects stored before it existed, as text
 */
record Slot(
        String name,
        Form form,
        MethodHandle get,
        Quick quick,
        int place,
        @Nullable StateAlias alias,
        @Nullable StateDefault initial) {

    /** Ways around boxes and virtual calls. */
    enum Quick {
        LONG,
        INT,
        SMALL,
        DOUBLE,
        TEXT,
        NONE;

        boolean isWhole() {
            return this == LONG || this == INT || this == SMALL;
        }

        static Quick of(Class<?> type) {
            if (type == long.class) {
                return LONG;
            }
            if (type == int.class) {
                return INT;
            }
            if (type == short.class || type == byte.class) {
                return SMALL;
            }
            if (type == double.class) {
                return DOUBLE;
            }
            return type == String.class ? TEXT : NONE;
        }

        /** What the part is taken as. */
        Class<?> taken() {
            return switch (this) {
                case LONG, INT, SMALL -> long.class;
                case DOUBLE -> double.class;
                default -> Object.class;
            };
        }
    }

    Slot at(int other) {
        return new Slot(name, form, get, quick, other, alias, initial);
    }

    Set<String> formerNames() {
        return alias == null ? Set.of() : Set.of(alias.value());
    }

    /** Whether it was said that it never had another name. */
    boolean isNew() {
        return alias != null && alias.value().length == 0;
    }

    /** The annotation that adds a name to those it had; each earlier version has to know it by one of them. */
    String aliasWith(String name) {
        StateAlias known = alias;
        return known == null || known.value().length == 0
                ? "@StateAlias(\"" + name + "\")"
                : "@StateAlias({\"" + name + "\", \"" + String.join("\", \"", known.value()) + "\"})";
    }

    /**
     * The value for objects stored before it existed.
     *
     * @throws IllegalArgumentException when the text is no such value
     */
    @Nullable
    Object absent() {
        return initial == null ? form.absent() : Defaults.parse(form, initial.value());
    }
}
