package io.tidemark.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/** Names of airports: an ordinary bean that a processor uses like any other. */
@Component
class AirportDirectory {

    private final Map<String, Airport> airports = new HashMap<>();

    /**
     * One airport.
     *
     * @param iata its code
     * @param name its name
     * @param city where it is
     * @param state where that is
     */
    record Airport(String iata, String name, String city, String state) {}

    AirportDirectory() {
        try (InputStream csv = new ClassPathResource("data/airports.csv").getInputStream();
                MappingIterator<Map<String, String>> rows = new CsvMapper()
                        .readerForMapOf(String.class)
                        .with(CsvSchema.emptySchema().withHeader())
                        .readValues(csv)) {
            while (rows.hasNext()) {
                Map<String, String> row = rows.next();
                String iata = row.getOrDefault("iata", "");
                airports.put(
                        iata,
                        new Airport(
                                iata,
                                row.getOrDefault("name", iata),
                                row.getOrDefault("city", ""),
                                row.getOrDefault("state", "")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The airports cannot be read", e);
        }
    }

    String name(String iata) {
        return airport(iata).name();
    }

    Airport airport(String iata) {
        return airports.getOrDefault(iata, new Airport(iata, iata, "", ""));
    }
}
