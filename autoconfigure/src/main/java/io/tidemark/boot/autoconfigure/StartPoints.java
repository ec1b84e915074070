package io.tidemark.boot.autoconfigure;

import io.tidemark.kafka.StartFrom;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/** Where reading starts, as people write it: in the words of Kafka's own {@code auto.offset.reset} (KIP-1106), or as a time. */
final class StartPoints {

    private static final String BY_DURATION = "by_duration:";

    /** Between a topic and where it starts; no name of a topic has one. */
    private static final char AT = '@';

    private StartPoints() {}

    /**
     * @param name the property, for what is said about it
     */
    static StartFrom read(String name, String text, List<String> problems) {
        String word = text.trim().toLowerCase(Locale.ROOT).replace('-', '_');
        if (word.equals("earliest")) {
            return StartFrom.EARLIEST;
        }
        if (word.equals("latest")) {
            return StartFrom.LATEST;
        }
        if (word.equals("none")) {
            return StartFrom.NONE;
        }
        Instant time = time(word, text.trim());
        if (time != null) {
            return StartFrom.since(time);
        }
        problems.add(name + "=" + text
                + " is none of earliest, latest, none, by_duration:<duration> and a time such as 2026-01-31T12:00:00Z");
        return StartFrom.NONE;
    }

    private static @Nullable Instant time(String word, String text) {
        try {
            if (!word.startsWith(BY_DURATION)) {
                return Instant.parse(text);
            }
            Duration back = DurationStyle.detectAndParse(text.substring(BY_DURATION.length()));
            return back.isNegative() ? null : Instant.now().minus(back);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeParseException e) {
            return null; // the caller says so
        }
    }

    /** Topics, each with where it starts after an {@code @}, or without one where the processor would. */
    static Map<String, StartFrom> readTopics(
            String name, List<String> texts, StartFrom otherwise, List<String> problems) {
        Map<String, StartFrom> all = new LinkedHashMap<>();
        for (String text : texts) {
            int at = text.indexOf(AT);
            String topic = (at < 0 ? text : text.substring(0, at)).trim();
            StartFrom from = at < 0 ? otherwise : read(name, text.substring(at + 1), problems);
            if (from.equals(StartFrom.NONE)) {
                problems.add(name + "=" + text + " does not say where the topic starts: write " + topic + AT
                        + "earliest, " + topic + AT + "latest or a time");
            }
            if (all.put(topic, from) != null) {
                problems.add(name + " names " + topic + " twice");
            }
        }
        return all;
    }
}
