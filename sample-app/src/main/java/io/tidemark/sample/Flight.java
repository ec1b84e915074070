package io.tidemark.sample;

import java.time.Instant;

/**
 * A flight as it was reported.
 *
 * @param row its number in the stream, which never repeats
 * @param reportedAt when it was reported
 * @param scheduledAt when it should have left
 * @param origin IATA code of the airport it left from
 * @param destination IATA code of the airport it went to
 * @param delayMinutes its delay; negative when it was early
 * @param distanceMiles how far it went
 */
public record Flight(
        long row,
        Instant reportedAt,
        Instant scheduledAt,
        String origin,
        String destination,
        int delayMinutes,
        int distanceMiles) {}
