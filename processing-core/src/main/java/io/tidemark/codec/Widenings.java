package io.tidemark.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Numbers that may grow: each value of the narrower type is exactly one of the wider. */
final class Widenings {

    /** Whole numbers from narrow to wide. */
    private static final List<String> WHOLE = List.of("byte", "short", "int", "long", "bigint");

    private static final Map<String, Function<Number, Object>> WHOLE_TO = Map.of(
            "short", Number::shortValue,
            "int", Number::intValue,
            "long", Number::longValue,
            "bigint", number -> BigInteger.valueOf(number.longValue()),
            "decimal", number -> BigDecimal.valueOf(number.longValue()));

    private Widenings() {}

    /**
     * From one scalar to another, both by their words without mark.
     *
     * @return {@code null} when there is no such growth
     */
    static @Nullable Function<Object, Object> between(String from, String to) {
        if (from.equals("float") && to.equals("double")) {
            return value -> (double) (float) value;
        }
        if (from.equals("bigint") && to.equals("decimal")) {
            return value -> new BigDecimal((BigInteger) value);
        }
        int place = WHOLE.indexOf(from);
        if (place < 0 || from.equals("bigint")) {
            return null;
        }
        boolean exactAsDouble = place <= WHOLE.indexOf("int");
        boolean exactAsFloat = place <= WHOLE.indexOf("short");
        if (to.equals("double") && exactAsDouble) {
            return value -> ((Number) value).doubleValue();
        }
        if (to.equals("float") && exactAsFloat) {
            return value -> ((Number) value).floatValue();
        }
        Function<Number, Object> wider = WHOLE_TO.get(to);
        boolean grows = to.equals("decimal") || WHOLE.indexOf(to) > place;
        return wider == null || !grows ? null : value -> wider.apply((Number) value);
    }
}
