package io.tidemark.runtime;

import io.tidemark.api.FailureClassifier;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a record that fails.
 *
 * @param attempts how often it is tried
 * @param backoff pause before the second attempt; doubles with each further one
 * @param maxBackoff longest pause between two attempts
 * @param policy what becomes of it after the last
 * @param deadLetterTopic where dead letters go, or {@code null} for the record's topic with {@value #DEAD_LETTER_SUFFIX} after it
 * @param classifier which failures are tried again
 */
public record ErrorSettings(
        int attempts,
        Duration backoff,
        Duration maxBackoff,
        ErrorPolicy policy,
        @Nullable String deadLetterTopic,
        FailureClassifier classifier) {

    /** The suffix Spring Kafka's dead-letter topics have. */
    public static final String DEAD_LETTER_SUFFIX = "-dlt";

    private static final Duration MAX_BACKOFF = Duration.ofSeconds(30);

    /** The defaults of the engine. */
    public static ErrorSettings defaults() {
        return new ErrorSettings(
                3, Duration.ofMillis(500), MAX_BACKOFF, ErrorPolicy.FAIL, null, FailureKinds.builtIn());
    }

    public ErrorSettings withAttempts(int other, Duration backoff) {
        return new ErrorSettings(other, backoff, maxBackoff, policy, deadLetterTopic, classifier);
    }

    public ErrorSettings with(ErrorPolicy other, @Nullable String deadLetterTopic) {
        return new ErrorSettings(attempts, backoff, maxBackoff, other, deadLetterTopic, classifier);
    }

    public ErrorSettings with(FailureClassifier other) {
        return new ErrorSettings(attempts, backoff, maxBackoff, policy, deadLetterTopic, other);
    }

    /** The dead-letter topic of an input topic. */
    public String deadLetterTopic(String input) {
        return deadLetterTopic == null ? input + DEAD_LETTER_SUFFIX : deadLetterTopic;
    }
}
