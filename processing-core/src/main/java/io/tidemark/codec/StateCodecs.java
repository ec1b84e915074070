package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import java.lang.reflect.Type;
import java.util.List;

/** The codec of a declared type: of any type of the universe, none else. */
public final class StateCodecs {

    private StateCodecs() {}

    /**
     * @param type the type argument of the declared state, without type variables
     * @throws UnstorableType when values of the type cannot be proven to come back as they are; says where and what to do
     */
    public static StateCodec<?> forType(Type type) {
        return ObjectCodec.of(type);
    }

    /**
     * The same for a state whose values may be of earlier types.
     *
     * @param migrations how values of an earlier type become values of this one, where its own schema does not read them
     * @throws IllegalArgumentException when a migration makes values of another type
     */
    public static StateCodec<?> forType(Type type, List<Migration> migrations) {
        Type declared = TypeVariables.none().resolve(type);
        for (Migration migration : migrations) {
            if (!TypeVariables.none().resolve(migration.to()).equals(declared)) {
                throw new IllegalArgumentException("a migration makes "
                        + migration.to().getTypeName() + ", and the state holds " + declared.getTypeName());
            }
        }
        return ObjectCodec.of(declared, migrations);
    }

    /**
     * The codec of the keys of a map state: only types whose bytes stay the same for ever and sort like their values, since they identify a
     * row.
     *
     * @throws UnstorableType when the type has no such form
     */
    public static StateCodec<?> forMapKey(Type type) {
        return KeyCodecs.of(TypeVariables.none().resolve(type));
    }
}
