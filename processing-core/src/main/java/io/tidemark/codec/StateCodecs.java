package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The codec of a declared type: a raw one where there is one, records by position, all else as CBOR with field names. */
public final class StateCodecs {

    private static final Map<Type, StateCodec<?>> RAW = Map.of(
            String.class, RawCodecs.STRING,
            Long.class, RawCodecs.LONG,
            Integer.class, RawCodecs.INTEGER,
            Double.class, RawCodecs.DOUBLE,
            Boolean.class, RawCodecs.BOOLEAN,
            Instant.class, RawCodecs.INSTANT,
            UUID.class, RawCodecs.UUID_CODEC,
            byte[].class, RawCodecs.BYTES);

    private StateCodecs() {}

    /**
     * @param type the type argument of the declared state
     */
    public static StateCodec<?> forType(Type type) {
        StateCodec<?> raw = RAW.get(type);
        if (raw != null) {
            return raw;
        }
        if (type instanceof Class<?> plain && plain.isEnum()) {
            return enumCodec(plain);
        }
        return ObjectCodec.of(type);
    }

    /**
     * The codec of map keys: only types whose bytes stay the same for ever, since they identify a row.
     *
     * @return {@code null} when the type cannot be a map key
     */
    public static @Nullable StateCodec<?> forMapKey(Type type) {
        StateCodec<?> raw = RAW.get(type);
        return raw != null || !(type instanceof Class<?> plain && plain.isEnum()) ? raw : enumCodec(plain);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // isEnum() was asked: the class is an Enum's
    private static StateCodec<?> enumCodec(Class<?> type) {
        return RawCodecs.enumByName((Class) type);
    }
}
