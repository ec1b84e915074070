package io.tidemark.sample;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the recorded flights are replayed.
 *
 * @param enabled Whether this instance replays flights; only one instance of the application should.
 * @param flightsPerSecond Speed of the replay.
 * @param loop Whether the recording starts again, with shifted times, when it is over.
 */
@ConfigurationProperties("sample.replay")
record ReplayProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("200") int flightsPerSecond,
        @DefaultValue("false") boolean loop) {

    ReplayProperties {
        if (flightsPerSecond < 1) {
            throw new IllegalArgumentException("sample.replay.flights-per-second must be at least 1");
        }
    }
}
