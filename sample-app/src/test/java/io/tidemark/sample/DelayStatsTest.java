package io.tidemark.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class DelayStatsTest {

    @Test
    void shouldBecomeSevereOnceAndCalmDownLater() {
        DelayStats stats = DelayStats.empty();
        int alerts = 0;
        for (int i = 0; i < 60; i++) {
            DelayStats next = stats.plus(flight(i, i < 30 ? 50 : 0));
            alerts += next.severe() && !stats.severe() ? 1 : 0;
            stats = next;
        }

        assertThat(alerts).isEqualTo(1);
        assertThat(stats.severe()).isFalse();
        assertThat(stats.flights()).isEqualTo(60);
        assertThat(stats.meanMinutes()).isEqualTo(25);
        assertThat(stats.worstMinutes()).isEqualTo(50);
    }

    @Test
    void shouldGoOnAfterTheEndOfTheFileWithShiftedTimes() {
        FlightFile file = new FlightFile();

        Flight first = file.flight(0);
        Flight again = file.flight(file.size());

        assertThat(file.size()).isEqualTo(20_000);
        assertThat(again.origin()).isEqualTo(first.origin());
        assertThat(again.row()).isEqualTo(20_000);
        assertThat(again.reportedAt()).isAfter(file.flight(file.size() - 1).reportedAt());
    }

    @Test
    void shouldKnowTheAirports() {
        AirportDirectory airports = new AirportDirectory();

        assertThat(airports.name("ORD")).isEqualTo("Chicago O'Hare International");
        assertThat(airports.name("???")).isEqualTo("???");
    }

    private static Flight flight(long row, int delay) {
        return new Flight(row, Instant.EPOCH, Instant.EPOCH, "ORD", "JFK", delay, 700);
    }
}
