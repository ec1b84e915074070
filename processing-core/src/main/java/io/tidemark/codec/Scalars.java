package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Currency;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The scalar types of the universe. A word names a format for ever: it stands in stored schemas.
 *
 * <p>Whole numbers are zigzag varints, fractions IEEE 754 bits as they are (the payload of NaN and the sign of zero included), texts UTF-8
 * behind their length.
 */
final class Scalars {

    private static final Map<Class<?>, Object> ZEROS = Map.of(
            byte.class,
            (byte) 0,
            short.class,
            (short) 0,
            int.class,
            0,
            long.class,
            0L,
            char.class,
            '\0',
            float.class,
            0f,
            double.class,
            0d,
            boolean.class,
            false);

    private static final char LOCALE_TAG = 't';
    private static final char LOCALE_PARTS = 'p';

    private static final Map<Class<?>, ScalarForm> BY_CLASS = new LinkedHashMap<>();
    private static final Map<String, ScalarForm> BY_WORD = new HashMap<>();

    static {
        numbers();
        add(
                "char",
                char.class,
                Character.class,
                (c, out) -> out.writeUnsigned((char) c),
                Scalars::readChar,
                s -> {
                    if (s.length() != 1) {
                        throw new IllegalArgumentException("not one character");
                    }
                    return s.charAt(0);
                },
                List.of('a', '\0', '\uFFFF', '\uD83D'));
        add(
                "boolean",
                boolean.class,
                Boolean.class,
                (b, out) -> out.write((boolean) b ? 1 : 0),
                ValueInput::readBoolean,
                Scalars::parseBoolean,
                List.of(true, false));
        add(
                "string",
                String.class,
                (s, out) -> out.writeText((String) s),
                ValueInput::readText,
                s -> s,
                List.of("a", "", "ä€😀 \u0000\"\\", "another"));
        add(
                "bytes",
                byte[].class,
                (b, out) -> out.writeBytes((byte[]) b),
                ValueInput::readSized,
                s -> s.getBytes(StandardCharsets.UTF_8),
                List.of(new byte[] {0, 1, -1}, new byte[0], new byte[] {127}));
        big();
        others();
        TimeScalars.addTo(Scalars::add);
    }

    private Scalars() {}

    private static void numbers() {
        add(
                "byte",
                byte.class,
                Byte.class,
                (n, out) -> out.writeWhole((byte) n),
                in -> {
                    long number = in.readWhole();
                    if (number != (byte) number) {
                        throw new IllegalArgumentException("A number does not fit its type");
                    }
                    return (byte) number;
                },
                Byte::valueOf,
                List.of((byte) 1, (byte) 0, Byte.MIN_VALUE, Byte.MAX_VALUE));
        add(
                "short",
                short.class,
                Short.class,
                (n, out) -> out.writeWhole((short) n),
                in -> {
                    long number = in.readWhole();
                    if (number != (short) number) {
                        throw new IllegalArgumentException("A number does not fit its type");
                    }
                    return (short) number;
                },
                Short::valueOf,
                List.of((short) 2, (short) 0, Short.MIN_VALUE, Short.MAX_VALUE));
        add(
                "int",
                int.class,
                Integer.class,
                (n, out) -> out.writeWhole((int) n),
                ValueInput::readInt,
                Integer::valueOf,
                List.of(3, 0, Integer.MIN_VALUE, Integer.MAX_VALUE));
        add(
                "long",
                long.class,
                Long.class,
                (n, out) -> out.writeWhole((long) n),
                ValueInput::readWhole,
                Long::valueOf,
                List.of(4L, 0L, Long.MIN_VALUE, Long.MAX_VALUE));
        add(
                "float",
                float.class,
                Float.class,
                (n, out) -> out.writeFloat((float) n),
                ValueInput::readFloat,
                Float::valueOf,
                List.of(0.5f, -0.0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE));
        add(
                "double",
                double.class,
                Double.class,
                (n, out) -> out.writeDouble((double) n),
                ValueInput::readDouble,
                Double::valueOf,
                List.of(0.25, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE));
    }

    private static void big() {
        add(
                "bigint",
                BigInteger.class,
                (n, out) -> out.writeBytes(((BigInteger) n).toByteArray()),
                in -> new BigInteger(in.readSized()),
                BigInteger::new,
                List.of(
                        BigInteger.ONE,
                        BigInteger.ZERO,
                        BigInteger.ONE.shiftLeft(100).negate()));
        add(
                "decimal",
                BigDecimal.class,
                (n, out) -> {
                    out.writeWhole(((BigDecimal) n).scale());
                    out.writeBytes(((BigDecimal) n).unscaledValue().toByteArray());
                },
                in -> {
                    int scale = in.readInt();
                    return new BigDecimal(new BigInteger(in.readSized()), scale);
                },
                BigDecimal::new,
                List.of(new BigDecimal("1.50"), BigDecimal.ZERO, new BigDecimal("-1E+20"), new BigDecimal("1.5")));
    }

    private static void others() {
        add(
                "uuid",
                UUID.class,
                (id, out) -> {
                    out.writeLong(((UUID) id).getMostSignificantBits());
                    out.writeLong(((UUID) id).getLeastSignificantBits());
                },
                in -> {
                    long most = in.readLong();
                    return new UUID(most, in.readLong());
                },
                UUID::fromString,
                List.of(new UUID(1, -1), new UUID(0, 0), new UUID(Long.MIN_VALUE, 7)));
        add(
                "uri",
                URI.class,
                (uri, out) -> out.writeText(uriText((URI) uri)),
                in -> URI.create(in.readText()),
                URI::create,
                List.of(URI.create("https://example.org/a?b=c#d"), URI.create(""), URI.create("urn:isbn:1")));
        add(
                "locale",
                Locale.class,
                (locale, out) -> out.writeText(localeText((Locale) locale)),
                in -> locale(in.readText()),
                Locale::forLanguageTag,
                List.of(
                        Locale.GERMANY,
                        Locale.ROOT,
                        Locale.forLanguageTag("zh-Hans-CN"),
                        new Locale("no", "NO", "NY")));
        add(
                "currency",
                Currency.class,
                (currency, out) -> out.writeText(((Currency) currency).getCurrencyCode()),
                in -> Currency.getInstance(in.readText()),
                Currency::getInstance,
                List.of(Currency.getInstance("EUR"), Currency.getInstance("JPY"), Currency.getInstance("USD")));
        add(
                "bitset",
                BitSet.class,
                (bits, out) -> out.writeBytes(((BitSet) bits).toByteArray()),
                in -> BitSet.valueOf(in.readSized()),
                s -> BitSet.valueOf(s.getBytes(StandardCharsets.UTF_8)),
                List.of(BitSet.valueOf(new long[] {5}), new BitSet(), BitSet.valueOf(new long[] {0, 0, -1})));
    }

    private static void add(
            String word,
            Class<?> type,
            BiConsumer<Object, ValueOutput> writer,
            Function<ValueInput, Object> reader,
            Function<String, Object> parser,
            List<Object> samples) {
        ScalarForm form = new ScalarForm(word, type, writer, reader, parser, samples);
        BY_CLASS.put(type, form);
        BY_WORD.put(word, form);
    }

    private static void add(
            String word,
            Class<?> primitive,
            Class<?> box,
            BiConsumer<Object, ValueOutput> writer,
            Function<ValueInput, Object> reader,
            Function<String, Object> parser,
            List<Object> samples) {
        add(word, primitive, writer, reader, parser, samples);
        ScalarForm boxed = of(primitive).boxed(box);
        BY_CLASS.put(box, boxed);
        BY_WORD.put(boxed.word(), boxed);
    }

    private static ScalarForm of(Class<?> type) {
        ScalarForm form = byClass(type);
        if (form == null) {
            throw new IllegalStateException(type + " was added before");
        }
        return form;
    }

    static @Nullable ScalarForm byClass(Class<?> type) {
        return BY_CLASS.get(type);
    }

    static @Nullable ScalarForm byWord(String word) {
        return BY_WORD.get(word);
    }

    /** All of them, primitives and boxes each on their own. */
    static List<ScalarForm> all() {
        return new ArrayList<>(BY_CLASS.values());
    }

    /** The default of a primitive. */
    static Object zero(Class<?> primitive) {
        Object zero = ZEROS.get(primitive);
        if (zero == null) {
            throw new IllegalArgumentException(primitive + " is no primitive");
        }
        return zero;
    }

    private static Object readChar(ValueInput in) {
        int code = in.readSmall();
        if (code != (char) code) {
            throw new IllegalArgumentException("A number that is no character");
        }
        return (char) code;
    }

    private static Object parseBoolean(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("neither true nor false");
        }
        return text.equals("true");
    }

    /** A URI that was put together may be another one when its text is read. */
    private static String uriText(URI uri) {
        String text = uri.toString();
        try {
            if (new URI(text).equals(uri)) {
                return text;
            }
        } catch (URISyntaxException e) {
            // told below
        }
        throw new UnstorableValue("a URI whose text is another one, or none");
    }

    /** As a language tag where that says all; a few locales of old are no well-formed tags. */
    private static String localeText(Locale locale) {
        String tag = locale.toLanguageTag();
        if (Locale.forLanguageTag(tag).equals(locale)) {
            return LOCALE_TAG + tag;
        }
        if (!locale.getScript().isEmpty()
                || locale.hasExtensions()
                || locale.toString().indexOf('\0') >= 0) {
            throw new UnstorableValue("a locale that no language tag describes");
        }
        return LOCALE_PARTS + String.join("\u0000", locale.getLanguage(), locale.getCountry(), locale.getVariant());
    }

    private static Locale locale(String text) {
        if (!text.isEmpty() && text.charAt(0) == LOCALE_TAG) {
            return Locale.forLanguageTag(text.substring(1));
        }
        String[] parts = text.split("\u0000", -1);
        if (parts.length != 3 || text.charAt(0) != LOCALE_PARTS) {
            throw new IllegalArgumentException("A text that is no locale");
        }
        return new Locale(parts[0].substring(1), parts[1], parts[2]);
    }
}
