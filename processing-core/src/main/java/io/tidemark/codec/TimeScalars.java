package io.tidemark.codec;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The types of {@code java.time} as values: zone and offset are part of them, and kept. Nothing here asks what time it is. */
@SuppressWarnings({
    "JavaPeriodGetDays",
    "JavaInstantGetSecondsGetNano",
    "JavaDurationGetSecondsGetNano",
    "JavaDurationGetSecondsToToSeconds"
}) // each part is written
final class TimeScalars {

    private static final ZoneOffset ODD = ZoneOffset.ofHoursMinutesSeconds(-5, -30, -15);
    private static final LocalDateTime NOON = LocalDateTime.of(2024, 3, 30, 12, 5, 6, 7);

    /** Takes a scalar type. */
    interface Registry {
        void add(
                String word,
                Class<?> type,
                BiConsumer<Object, ValueOutput> writer,
                Function<ValueInput, Object> reader,
                Function<String, Object> parser,
                List<Object> samples);
    }

    private TimeScalars() {}

    static void addTo(Registry types) {
        types.add(
                "instant",
                Instant.class,
                (t, out) -> seconds(((Instant) t).getEpochSecond(), ((Instant) t).getNano(), out),
                in -> {
                    long seconds = in.readWhole();
                    return Instant.ofEpochSecond(seconds, nanos(in));
                },
                Instant::parse,
                List.of(Instant.ofEpochSecond(1_711_800_000L, 7), Instant.EPOCH, Instant.MIN, Instant.MAX));
        types.add(
                "duration",
                Duration.class,
                (t, out) -> seconds(((Duration) t).getSeconds(), ((Duration) t).getNano(), out),
                in -> {
                    long seconds = in.readWhole();
                    return Duration.ofSeconds(seconds, nanos(in));
                },
                Duration::parse,
                List.of(
                        Duration.ofMillis(1_500),
                        Duration.ZERO,
                        Duration.ofSeconds(Long.MIN_VALUE),
                        Duration.ofNanos(-1)));
        types.add(
                "date",
                LocalDate.class,
                (t, out) -> out.writeWhole(((LocalDate) t).toEpochDay()),
                in -> LocalDate.ofEpochDay(in.readWhole()),
                LocalDate::parse,
                List.of(LocalDate.of(2024, 2, 29), LocalDate.EPOCH, LocalDate.MIN, LocalDate.MAX));
        types.add(
                "time",
                LocalTime.class,
                (t, out) -> out.writeUnsigned(((LocalTime) t).toNanoOfDay()),
                TimeScalars::time,
                LocalTime::parse,
                List.of(LocalTime.NOON, LocalTime.MIN, LocalTime.MAX));
        types.add(
                "datetime",
                LocalDateTime.class,
                (t, out) -> local((LocalDateTime) t, out),
                TimeScalars::local,
                LocalDateTime::parse,
                List.of(NOON, LocalDateTime.MIN, LocalDateTime.MAX));
        types.add(
                "offsetdatetime",
                OffsetDateTime.class,
                (t, out) -> {
                    local(((OffsetDateTime) t).toLocalDateTime(), out);
                    out.writeWhole(((OffsetDateTime) t).getOffset().getTotalSeconds());
                },
                in -> {
                    LocalDateTime local = local(in);
                    return OffsetDateTime.of(local, offset(in));
                },
                OffsetDateTime::parse,
                List.of(OffsetDateTime.of(NOON, ODD), OffsetDateTime.MIN, OffsetDateTime.MAX));
        types.add(
                "offsettime",
                OffsetTime.class,
                (t, out) -> {
                    out.writeUnsigned(((OffsetTime) t).toLocalTime().toNanoOfDay());
                    out.writeWhole(((OffsetTime) t).getOffset().getTotalSeconds());
                },
                in -> {
                    LocalTime local = time(in);
                    return OffsetTime.of(local, offset(in));
                },
                OffsetTime::parse,
                List.of(OffsetTime.of(LocalTime.NOON, ODD), OffsetTime.MIN, OffsetTime.MAX));
        zones(types);
        calendar(types);
    }

    private static void zones(Registry types) {
        types.add(
                "zoneddatetime",
                ZonedDateTime.class,
                (t, out) -> {
                    ZonedDateTime zoned = (ZonedDateTime) t;
                    local(zoned.toLocalDateTime(), out);
                    out.writeWhole(zoned.getOffset().getTotalSeconds());
                    out.writeText(zoned.getZone().getId());
                },
                TimeScalars::zoned,
                ZonedDateTime::parse,
                List.of(
                        ZonedDateTime.of(NOON, ZoneId.of("Europe/Berlin")),
                        // the hour that comes twice, in its second pass
                        ZonedDateTime.ofLocal(
                                LocalDateTime.of(2024, 10, 27, 2, 30),
                                ZoneId.of("Europe/Berlin"),
                                ZoneOffset.ofHours(1)),
                        ZonedDateTime.of(NOON, ODD),
                        ZonedDateTime.of(NOON, ZoneId.of("UTC"))));
        types.add(
                "zone",
                ZoneId.class,
                (t, out) -> out.writeText(((ZoneId) t).getId()),
                in -> ZoneId.of(in.readText()),
                ZoneId::of,
                List.of(ZoneId.of("Europe/Berlin"), ZoneOffset.UTC, ZoneId.of("UTC+1")));
        types.add(
                "offset",
                ZoneOffset.class,
                (t, out) -> out.writeWhole(((ZoneOffset) t).getTotalSeconds()),
                TimeScalars::offset,
                ZoneOffset::of,
                List.of(ODD, ZoneOffset.UTC, ZoneOffset.MAX));
    }

    private static void calendar(Registry types) {
        types.add(
                "period",
                Period.class,
                (t, out) -> {
                    out.writeWhole(((Period) t).getYears());
                    out.writeWhole(((Period) t).getMonths());
                    out.writeWhole(((Period) t).getDays());
                },
                in -> {
                    int years = in.readInt();
                    int months = in.readInt();
                    return Period.of(years, months, in.readInt());
                },
                Period::parse,
                List.of(Period.of(1, -20, 300), Period.ZERO, Period.of(Integer.MIN_VALUE, 0, Integer.MAX_VALUE)));
        types.add(
                "year",
                Year.class,
                (t, out) -> out.writeWhole(((Year) t).getValue()),
                in -> Year.of(in.readInt()),
                Year::parse,
                List.of(Year.of(2024), Year.of(0), Year.of(Year.MIN_VALUE)));
        types.add(
                "yearmonth",
                YearMonth.class,
                (t, out) -> {
                    out.writeWhole(((YearMonth) t).getYear());
                    out.writeUnsigned(((YearMonth) t).getMonthValue());
                },
                in -> {
                    int year = in.readInt();
                    return YearMonth.of(year, in.readSmall());
                },
                YearMonth::parse,
                List.of(YearMonth.of(2024, 2), YearMonth.of(Year.MIN_VALUE, 1), YearMonth.of(Year.MAX_VALUE, 12)));
        types.add(
                "monthday",
                MonthDay.class,
                (t, out) -> {
                    out.writeUnsigned(((MonthDay) t).getMonthValue());
                    out.writeUnsigned(((MonthDay) t).getDayOfMonth());
                },
                in -> {
                    int month = in.readSmall();
                    return MonthDay.of(month, in.readSmall());
                },
                MonthDay::parse,
                List.of(MonthDay.of(2, 29), MonthDay.of(1, 1), MonthDay.of(12, 31)));
    }

    private static void seconds(long seconds, int nanos, ValueOutput out) {
        out.writeWhole(seconds);
        out.writeUnsigned(nanos);
    }

    private static int nanos(ValueInput in) {
        int nanos = in.readSmall();
        if (nanos > 999_999_999) {
            throw new IllegalArgumentException("More nanoseconds than a second has");
        }
        return nanos;
    }

    private static LocalTime time(ValueInput in) {
        return LocalTime.ofNanoOfDay(in.readUnsigned());
    }

    private static void local(LocalDateTime local, ValueOutput out) {
        out.writeWhole(local.toLocalDate().toEpochDay());
        out.writeUnsigned(local.toLocalTime().toNanoOfDay());
    }

    private static LocalDateTime local(ValueInput in) {
        LocalDate date = LocalDate.ofEpochDay(in.readWhole());
        return LocalDateTime.of(date, time(in));
    }

    private static ZoneOffset offset(ValueInput in) {
        return ZoneOffset.ofTotalSeconds(in.readInt());
    }

    /** By its instant and zone: should the rules of the zone have changed, the instant stands. */
    private static ZonedDateTime zoned(ValueInput in) {
        LocalDateTime local = local(in);
        ZoneOffset offset = offset(in);
        return ZonedDateTime.ofInstant(local, offset, ZoneId.of(in.readText()));
    }
}
