package io.tidemark.codec;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values whose bytes the release before the type model wrote; the bytes are in {@code former/values.tsv}, made by that release's code from
 * these very types and values.
 */
final class FormerSamples {

    private FormerSamples() {}

    enum Grade {
        GOOD,
        BAD
    }

    record Flat(
            long count,
            int highest,
            short few,
            byte fewer,
            double mean,
            float share,
            boolean open,
            char letter,
            @Nullable String name,
            @Nullable Long maybe,
            @Nullable Double perhaps,
            @Nullable Boolean asked,
            @Nullable Integer third,
            @Nullable Float part) {}

    record Item(String name, int count) {}

    record Deep(
            String id,
            List<Item> items,
            Map<String, Long> totals,
            @Nullable Grade grade,
            Instant at,
            byte[] raw,
            @Nullable Item best,
            BigDecimal price,
            Optional<String> note,
            Optional<Long> number,
            List<Deep> children) {}

    record Pair<A, B>(A first, B second) {}

    record Renamed(@JsonProperty("other") long count) {}

    record WithGetter(long count) {
        public long getHalf() {
            return count / 2;
        }
    }

    record Times(
            LocalDate date,
            LocalDateTime dateTime,
            LocalTime time,
            Duration duration,
            Period period,
            Year year,
            YearMonth month,
            OffsetDateTime offset) {}

    record Others(
            UUID id,
            URI link,
            Locale locale,
            Currency currency,
            BigInteger big,
            char letter,
            int[] numbers,
            double[] fractions,
            Set<String> names,
            Map<Grade, Long> byGrade,
            Map<Integer, String> byNumber,
            Map<UUID, Integer> byId) {}

    /** As people write beans. */
    static class Account {
        private String owner = "";
        private long cents;
        private List<String> tags = new ArrayList<>();

        public String getOwner() {
            return owner;
        }

        public void setOwner(String owner) {
            this.owner = owner;
        }

        public long getCents() {
            return cents;
        }

        public void setCents(long cents) {
            this.cents = cents;
        }

        public List<String> getTags() {
            return tags;
        }

        public void setTags(List<String> tags) {
            this.tags = tags;
        }

        static Account of(String owner, long cents, String... tags) {
            Account account = new Account();
            account.owner = owner;
            account.cents = cents;
            account.tags = new ArrayList<>(List.of(tags));
            return account;
        }
    }

    /** One value and the type its state was declared with. */
    record Sample(String name, Type type, Object value) {}

    /** A generic type as a declaration has it. */
    abstract static class Declared<T> {
        final Type type =
                ((java.lang.reflect.ParameterizedType) getClass().getGenericSuperclass()).getActualTypeArguments()[0];
    }

    static List<Sample> all() {
        UUID id = new UUID(0x0123456789abcdefL, 0xfedcba9876543210L);
        Deep leaf = new Deep(
                "leaf",
                List.of(),
                Map.of(),
                null,
                Instant.EPOCH,
                new byte[0],
                null,
                new BigDecimal("1.50"),
                Optional.empty(),
                Optional.empty(),
                List.of());
        Map<String, Long> totals = new LinkedHashMap<>();
        totals.put("b", 3L);
        totals.put("a", -4L);
        return List.of(
                new Sample("flat", Flat.class, flat()),
                new Sample(
                        "flat-nulls",
                        Flat.class,
                        new Flat(0, 0, (short) 0, (byte) 0, 0, 0, false, 'x', null, null, null, null, null, null)),
                new Sample(
                        "deep",
                        Deep.class,
                        new Deep(
                                "ä€😀",
                                List.of(new Item("x", 2), new Item("y", -3)),
                                totals,
                                Grade.BAD,
                                Instant.ofEpochSecond(1_732_000_000L, 7),
                                new byte[] {1, -1},
                                new Item("z", 9),
                                new BigDecimal("123456789012345678901234567890.1230"),
                                Optional.of("n"),
                                Optional.of(7L),
                                List.of(leaf))),
                new Sample("pair", new Declared<Pair<String, Long>>() {}.type, new Pair<>("p", 8L)),
                new Sample("renamed", Renamed.class, new Renamed(5)),
                new Sample("with-getter", WithGetter.class, new WithGetter(6)),
                new Sample(
                        "times",
                        Times.class,
                        new Times(
                                LocalDate.of(2024, 3, 30),
                                LocalDateTime.of(2024, 3, 30, 12, 5, 6, 7),
                                LocalTime.of(23, 59, 58, 999),
                                Duration.ofSeconds(-5, 3),
                                Period.of(1, -2, 3),
                                Year.of(2024),
                                YearMonth.of(2024, 2),
                                OffsetDateTime.of(2024, 3, 30, 1, 2, 3, 4, ZoneOffset.UTC))),
                new Sample(
                        "others",
                        Others.class,
                        new Others(
                                id,
                                URI.create("https://example.org/a?b=c"),
                                Locale.GERMANY,
                                Currency.getInstance("EUR"),
                                new BigInteger("-123456789012345678901234567890"),
                                'ß',
                                new int[] {1, -2},
                                new double[] {0.5, -0.0},
                                Set.of("one"),
                                Map.of(Grade.GOOD, 2L),
                                Map.of(7, "seven"),
                                Map.of(id, 3))),
                new Sample("account", Account.class, Account.of("Ada", 1_250, "x", "y")),
                new Sample("items", new Declared<List<Item>>() {}.type, List.of(new Item("i", 1))),
                new Sample("counts", new Declared<Map<String, Integer>>() {}.type, Map.of("k", 5)),
                new Sample("short", Short.class, (short) -7),
                new Sample("decimal", BigDecimal.class, new BigDecimal("-1.500")),
                new Sample("date", LocalDate.class, LocalDate.of(1969, 7, 20)),
                new Sample("duration", Duration.class, Duration.ofMillis(1_500)),
                new Sample("string", String.class, "text ä"),
                new Sample("long", Long.class, -42L),
                new Sample("integer", Integer.class, 42),
                new Sample("double", Double.class, -0.25),
                new Sample("boolean", Boolean.class, true),
                new Sample("instant", Instant.class, Instant.ofEpochSecond(-5, 9)),
                new Sample("uuid", UUID.class, id),
                new Sample("bytes", byte[].class, new byte[] {0, 1, -1}),
                new Sample("enum", Grade.class, Grade.BAD));
    }

    static Flat flat() {
        return new Flat(
                -5_000_000_000L, 77, (short) -300, (byte) 9, 0.1, 2.5f, true, 'é', "Ada", 12L, -0.0, true, 3, 1.5f);
    }
}
