package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A declared type and the ways its values are, or were, written.
 *
 * @param type as it is declared, without variables
 * @param form how values are written
 * @param schema that form's shape, with the mark of the present format
 * @param raw the compact format of a few types, or {@code null}
 * @param former how values of the format before were read
 * @param proven whether values could be made of everything in it
 */
record StoredType<T>(
        Type type, Form form, String schema, @Nullable StateCodec<T> raw, FormerValues former, boolean proven) {

    /** Before the shapes of this format; those of the former have none. */
    static final String PREFIX = "2:";

    /**
     * @throws UnstorableType when values of the type cannot be proven to come back as they are
     */
    static <T> StoredType<T> of(Type declared) {
        Type type = TypeVariables.none().resolve(declared);
        TypeWalk walk = new TypeWalk();
        Form form = walk.formOf(type);
        return new StoredType<>(
                type,
                form,
                PREFIX + form.shape().text(),
                RawCodecs.forType(type),
                new FormerValues(type, form),
                walk.isProven());
    }

    @SuppressWarnings("unchecked") // the form is the type's own
    T cast(@Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("Nothing where a value is stored");
        }
        return (T) value;
    }
}
