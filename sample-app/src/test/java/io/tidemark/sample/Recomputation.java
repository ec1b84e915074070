package io.tidemark.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must come out, computed from the file alone: with nothing of the engine, and with arithmetic of its own instead of the
 * application's.
 */
final class Recomputation {

    final Map<String, List<DelayStats>> statistics = new LinkedHashMap<>();
    final Map<String, List<Long>> alertRows = new LinkedHashMap<>();

    /** Running figures of one airport. */
    private static final class Airport {
        final List<Integer> delays = new ArrayList<>();
        double recent;
        boolean severe;
    }

    Recomputation(Path file) throws IOException {
        Map<String, Airport> airports = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(file);
        for (int line = 1; line < lines.size(); line++) {
            String[] columns = lines.get(line).split(",");
            add(line - 1L, columns[2], Integer.parseInt(columns[4]), airports);
        }
    }

    private void add(long row, String code, int delay, Map<String, Airport> airports) {
        Airport airport = airports.computeIfAbsent(code, c -> new Airport());
        airport.delays.add(delay);
        int flights = airport.delays.size();
        // the moving average follows each new delay by fifteen hundredths of the difference
        airport.recent = flights == 1 ? delay : airport.recent + 0.15 * (delay - airport.recent);
        boolean before = airport.severe;
        if (before) {
            airport.severe = !(airport.recent < 15);
        } else {
            airport.severe = flights >= 10 && airport.recent >= 30;
        }
        long total = airport.delays.stream().mapToLong(Integer::longValue).sum();
        int worst = airport.delays.stream().mapToInt(Integer::intValue).max().orElseThrow();
        statistics
                .computeIfAbsent(code, c -> new ArrayList<>())
                .add(new DelayStats(flights, total, worst, airport.recent, airport.severe, row));
        if (airport.severe && !before) {
            alertRows.computeIfAbsent(code, c -> new ArrayList<>()).add(row);
        }
    }
}
