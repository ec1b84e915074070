package io.tidemark.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/** The recorded flights in the order they were reported; looped, the times move on by the length of the recording. */
@Component
class FlightFile {

    private final List<Flight> flights;
    private final Duration length;

    FlightFile() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new ClassPathResource("data/flights-20k.csv").getInputStream(), StandardCharsets.UTF_8))) {
            List<String> rows = lines.lines().skip(1).toList();
            Flight[] parsed = new Flight[rows.size()];
            for (int row = 0; row < parsed.length; row++) {
                parsed[row] = parse(row, rows.get(row));
            }
            flights = List.of(parsed);
        } catch (IOException e) {
            throw new UncheckedIOException("The flights cannot be read", e);
        }
        Instant first = flights.get(0).reportedAt();
        Instant last = flights.get(flights.size() - 1).reportedAt();
        length = Duration.between(first, last).plusDays(1);
    }

    int size() {
        return flights.size();
    }

    /** The flight of a row; rows beyond the file are further rounds over it. */
    Flight flight(long row) {
        Flight recorded = flights.get((int) (row % flights.size()));
        long round = row / flights.size();
        Duration shift = length.multipliedBy(round);
        return new Flight(
                row,
                recorded.reportedAt().plus(shift),
                recorded.scheduledAt().plus(shift),
                recorded.origin(),
                recorded.destination(),
                recorded.delayMinutes(),
                recorded.distanceMiles());
    }

    /** Columns: reported_at, scheduled_at, origin, destination, delay_minutes, distance_miles. No column is ever quoted. */
    private static Flight parse(long row, String line) {
        String[] columns = line.split(",", -1);
        return new Flight(
                row,
                OffsetDateTime.parse(columns[0]).toInstant(),
                OffsetDateTime.parse(columns[1]).toInstant(),
                columns[2],
                columns[3],
                Integer.parseInt(columns[4]),
                Integer.parseInt(columns[5]));
    }
}
