package io.tidemark.sample;

/**
 * An airport got into trouble.
 *
 * @param airport its IATA code
 * @param name its name
 * @param recentMinutes moving average of its delays
 * @param flights flights of the airport until then
 * @param row row of the flight that tipped it over
 */
public record Alert(String airport, String name, double recentMinutes, long flights, long row) {}
