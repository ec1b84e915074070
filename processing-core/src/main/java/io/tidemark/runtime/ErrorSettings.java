package io.tidemark.runtime;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a record that fails.
 *
 * @param attempts how often it is tried
 * @param backoff pause before the second attempt; doubles with each further one
 * @param policy what becomes of it after the last
 * @param deadLetterTopic where dead letters go, or {@code null} for the record's topic with {@value #DEAD_LETTER_SUFFIX} after it
 */
public record ErrorSettings(
        int attempts,
        Duration backoff,
        ErrorPolicy policy,
        @Nullable String deadLetterTopic) {

    /** The suffix Spring Kafka's dead-letter topics have. */
    public static final String DEAD_LETTER_SUFFIX = "-dlt";

    /** The defaults of the engine. */
    public static ErrorSettings defaults() {
        return new ErrorSettings(3, Duration.ofMillis(500), ErrorPolicy.FAIL, null);
    }

    /** The dead-letter topic of an input topic. */
    public String deadLetterTopic(String input) {
        return deadLetterTopic == null ? input + DEAD_LETTER_SUFFIX : deadLetterTopic;
    }
}
