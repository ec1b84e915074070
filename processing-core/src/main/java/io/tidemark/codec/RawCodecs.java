package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import io.tidemark.api.UnstorableValue;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Codecs of the simple types. Numbers are big endian with the sign bit flipped, so that negative ones sort first; doubles follow the
 * usual trick of flipping all bits of negative numbers.
 */
public final class RawCodecs {

    public static final StateCodec<String> STRING = new RawCodec<>(
            "string", String.class, RawCodecs::writeString, bytes -> new String(bytes, StandardCharsets.UTF_8));

    public static final StateCodec<Long> LONG =
            new RawCodec<>("long", Long.class, RawCodecs::writeLong, bytes -> readLong(exactly(bytes, Long.BYTES)));

    public static final StateCodec<Integer> INTEGER = new RawCodec<>(
            "integer",
            Integer.class,
            value -> ByteBuffer.allocate(Integer.BYTES)
                    .putInt(value ^ Integer.MIN_VALUE)
                    .array(),
            bytes -> ByteBuffer.wrap(exactly(bytes, Integer.BYTES)).getInt() ^ Integer.MIN_VALUE);

    public static final StateCodec<Double> DOUBLE = new RawCodec<>(
            "double", Double.class, RawCodecs::writeDouble, bytes -> readDouble(exactly(bytes, Double.BYTES)));

    public static final StateCodec<Boolean> BOOLEAN = new RawCodec<>(
            "boolean", Boolean.class, value -> new byte[] {(byte) (value ? 1 : 0)}, bytes -> exactly(bytes, 1)[0] != 0);

    /** Seconds as a long, then nanoseconds of the second. */
    public static final StateCodec<Instant> INSTANT = new RawCodec<>(
            "instant",
            Instant.class,
            value -> ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                    .putLong(value.getEpochSecond() ^ Long.MIN_VALUE)
                    .putInt(value.getNano())
                    .array(),
            bytes -> {
                ByteBuffer buffer = ByteBuffer.wrap(exactly(bytes, Long.BYTES + Integer.BYTES));
                return Instant.ofEpochSecond(buffer.getLong() ^ Long.MIN_VALUE, buffer.getInt());
            });

    /** In the order of the unsigned 128-bit number, not of {@link UUID#compareTo}, which compares signed halves. */
    public static final StateCodec<UUID> UUID_CODEC = new RawCodec<>(
            "uuid",
            UUID.class,
            value -> ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(value.getMostSignificantBits())
                    .putLong(value.getLeastSignificantBits())
                    .array(),
            bytes -> {
                ByteBuffer buffer = ByteBuffer.wrap(exactly(bytes, 2 * Long.BYTES));
                return new UUID(buffer.getLong(), buffer.getLong());
            });

    public static final StateCodec<byte[]> BYTES = new RawCodec<>("bytes", byte[].class, byte[]::clone, byte[]::clone);

    private static final Map<Type, StateCodec<?>> BY_TYPE = Map.of(
            String.class, STRING,
            Long.class, LONG,
            Integer.class, INTEGER,
            Double.class, DOUBLE,
            Boolean.class, BOOLEAN,
            Instant.class, INSTANT,
            UUID.class, UUID_CODEC,
            byte[].class, BYTES);

    private RawCodecs() {}

    /** The compact format of a type, or {@code null} when it has none. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // the codec is the type's own; isEnum() was asked
    static <T> @Nullable StateCodec<T> forType(Type type) {
        return type instanceof Class<?> plain && plain.isEnum()
                ? (StateCodec<T>) EnumCodec.of((Class) plain)
                : (StateCodec<T>) BY_TYPE.get(type);
    }

    /** The same for keys of maps. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // isEnum() was asked
    static @Nullable StateCodec<?> keyForType(Type type) {
        if (!(type instanceof Class<?> plain && plain.isEnum())) {
            return BY_TYPE.get(type);
        }
        String clash = EnumCodec.clash(plain);
        if (clash != null) {
            throw new UnstorableType(List.of("map keys of type " + plain.getSimpleName() + ", " + clash));
        }
        return EnumCodec.key((Class) plain);
    }

    static @Nullable StateCodec<?> byId(String id) {
        for (StateCodec<?> codec : BY_TYPE.values()) {
            if (codec.id().equals(id)) {
                return codec;
            }
        }
        return null;
    }

    /** Constants by name: they may be reordered and added to, and renamed where an alias says so. */
    public static <E extends Enum<E>> StateCodec<E> enumByName(Class<E> type) {
        return EnumCodec.of(type);
    }

    /** Text that is no Unicode (half a surrogate pair) would come back as another text, so it is refused. */
    private static byte[] writeString(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < value.length(); i++) {
            if (Character.isSurrogate(value.charAt(i))) {
                return exactly(value, bytes);
            }
        }
        return bytes;
    }

    private static byte[] exactly(String value, byte[] bytes) {
        if (!new String(bytes, StandardCharsets.UTF_8).equals(value)) {
            throw new UnstorableValue("a text holds half a surrogate pair, so it is no Unicode");
        }
        return bytes;
    }

    private static byte[] writeLong(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value ^ Long.MIN_VALUE).array();
    }

    private static long readLong(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong() ^ Long.MIN_VALUE;
    }

    private static byte[] writeDouble(double value) {
        long bits = Double.doubleToLongBits(value);
        return ByteBuffer.allocate(Double.BYTES)
                .putLong(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE)
                .array();
    }

    private static double readDouble(byte[] bytes) {
        long sortable = ByteBuffer.wrap(bytes).getLong();
        return Double.longBitsToDouble(sortable < 0 ? sortable ^ Long.MIN_VALUE : ~sortable);
    }

    static byte[] exactly(byte[] bytes, int length) {
        if (bytes.length != length) {
            throw new IllegalArgumentException("Expected " + length + " bytes, found " + bytes.length);
        }
        return bytes;
    }
}
