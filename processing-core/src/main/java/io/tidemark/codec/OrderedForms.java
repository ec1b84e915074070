package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import io.tidemark.api.UnstorableValue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The types of which keys are made. Whole numbers are big endian with the sign bit flipped, texts end in two zero bytes. */
@SuppressWarnings({"JavaDurationGetSecondsGetNano", "JavaDurationGetSecondsToToSeconds"}) // both parts are written
final class OrderedForms {

    /** For messages. */
    static final String NAMES = "String, Long, Integer, Short, Byte, Character, Double, Boolean, Instant, LocalDate,"
            + " LocalTime, LocalDateTime, Duration, UUID, byte[]";

    private static final byte END = 0;
    private static final byte INSIDE = (byte) 0xFF;
    private static final long FLIP = Long.MIN_VALUE;

    private static final Map<Class<?>, OrderedForm<?>> BY_TYPE = new HashMap<>();

    /** Made of two functions. */
    private record Made<T>(
            String word, Class<T> type, BiConsumer<T, ValueOutput> writer, Function<ValueInput, T> reader)
            implements OrderedForm<T> {

        @Override
        public void write(T value, ValueOutput out) {
            writer.accept(value, out);
        }

        @Override
        public T read(ValueInput in) {
            return reader.apply(in);
        }

        @Override
        @SuppressWarnings("unchecked") // of the type or its box
        public List<T> samples() {
            ScalarForm form = Scalars.byClass(type);
            return form == null ? List.of() : (List<T>) form.samples(1);
        }
    }

    static {
        number("byte", byte.class, Byte.class, 1, Byte::longValue, Long::byteValue);
        number("short", short.class, Short.class, 2, Short::longValue, Long::shortValue);
        number("int", int.class, Integer.class, 4, Integer::longValue, Long::intValue);
        number("long", long.class, Long.class, 8, n -> n, n -> n);
        add("char", Character.class, (c, out) -> big(out, c, 2), in -> (char) big(in, 2), char.class);
        add("boolean", Boolean.class, (b, out) -> out.write(b ? 1 : 0), ValueInput::readBoolean, boolean.class);
        add(
                "double",
                Double.class,
                (d, out) -> out.write(RawCodecs.DOUBLE.encode(d)),
                in -> RawCodecs.DOUBLE.decode(in.readBytes(Double.BYTES)),
                double.class);
        add(
                "string",
                String.class,
                (s, out) -> text(out, RawCodecs.STRING.encode(s)),
                in -> new String(text(in), StandardCharsets.UTF_8));
        add("bytes", byte[].class, (b, out) -> text(out, b), OrderedForms::text);
        add(
                "uuid",
                UUID.class,
                (u, out) -> out.write(RawCodecs.UUID_CODEC.encode(u)),
                in -> RawCodecs.UUID_CODEC.decode(in.readBytes(2 * Long.BYTES)));
        add(
                "instant",
                Instant.class,
                (t, out) -> out.write(RawCodecs.INSTANT.encode(t)),
                in -> RawCodecs.INSTANT.decode(in.readBytes(Long.BYTES + Integer.BYTES)));
        add(
                "duration",
                Duration.class,
                (d, out) -> {
                    big(out, d.getSeconds() ^ FLIP, 8);
                    big(out, d.getNano(), 4);
                },
                in -> {
                    long seconds = big(in, 8) ^ FLIP;
                    return Duration.ofSeconds(seconds, big(in, 4));
                });
        add(
                "date",
                LocalDate.class,
                (d, out) -> big(out, d.toEpochDay() ^ FLIP, 8),
                in -> LocalDate.ofEpochDay(big(in, 8) ^ FLIP));
        add("time", LocalTime.class, (t, out) -> big(out, t.toNanoOfDay(), 8), in -> LocalTime.ofNanoOfDay(big(in, 8)));
        add(
                "datetime",
                LocalDateTime.class,
                (t, out) -> {
                    big(out, t.toLocalDate().toEpochDay() ^ FLIP, 8);
                    big(out, t.toLocalTime().toNanoOfDay(), 8);
                },
                in -> {
                    LocalDate date = LocalDate.ofEpochDay(big(in, 8) ^ FLIP);
                    return LocalDateTime.of(date, LocalTime.ofNanoOfDay(big(in, 8)));
                });
    }

    private OrderedForms() {}

    static @Nullable OrderedForm<?> of(Class<?> type) {
        OrderedForm<?> form = BY_TYPE.get(type);
        return form == null && type.isEnum() ? constants(type) : form;
    }

    /** By name, as keys of enums always were: reordering constants changes nothing. */
    private static OrderedForm<?> constants(Class<?> type) {
        StateCodec<Object> names = RawCodecs.forType(type);
        if (names == null) {
            throw new IllegalStateException("Each enum has a compact format");
        }
        return new OrderedForm<Object>() {
            @Override
            public String word() {
                return new Shape.Constants(Arrays.stream(type.getEnumConstants())
                                .map(each -> ((Enum<?>) each).name())
                                .toList())
                        .text();
            }

            @Override
            public void write(Object value, ValueOutput out) {
                text(out, names.encode(value));
            }

            @Override
            public Object read(ValueInput in) {
                return names.decode(text(in));
            }

            @Override
            public List<Object> samples() {
                return names.samples();
            }
        };
    }

    private static <T> void number(
            String word, Class<T> primitive, Class<T> box, int bytes, Function<T, Long> up, Function<Long, T> down) {
        long flip = 1L << (bytes * Byte.SIZE - 1);
        add(
                word,
                box,
                (n, out) -> big(out, up.apply(n) ^ flip, bytes),
                in -> down.apply(big(in, bytes) ^ flip),
                primitive);
    }

    private static <T> void add(
            String word,
            Class<T> type,
            BiConsumer<T, ValueOutput> writer,
            Function<ValueInput, T> reader,
            Class<?>... others) {
        Made<T> form = new Made<>(word, type, writer, reader);
        BY_TYPE.put(type, form);
        for (Class<?> other : others) {
            BY_TYPE.put(other, form);
        }
    }

    private static void big(ValueOutput out, long number, int bytes) {
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (number >>> (i * Byte.SIZE)));
        }
    }

    private static long big(ValueInput in, int bytes) {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = (number << Byte.SIZE) | (in.read() & 0xFF);
        }
        return number;
    }

    /** A zero byte inside becomes two, so that the two at the end are the first of their kind. */
    private static void text(ValueOutput out, byte[] bytes) {
        for (byte each : bytes) {
            out.write(each);
            if (each == END) {
                out.write(INSIDE);
            }
        }
        out.write(END);
        out.write(END);
    }

    private static byte[] text(ValueInput in) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (true) {
            byte next = in.read();
            if (next == END) {
                byte mark = in.read();
                if (mark == END) {
                    return bytes.toByteArray();
                }
                if (mark != INSIDE) {
                    throw new IllegalArgumentException("A zero byte that is neither inside a text nor its end");
                }
            }
            bytes.write(next);
        }
    }

    static UnstorableValue nullPart(String name) {
        return new UnstorableValue("component '" + name + "' of a map key is null, which has no place in an order");
    }
}
