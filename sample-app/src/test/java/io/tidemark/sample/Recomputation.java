package io.tidemark.sample;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must come out, computed from the file alone and without anything of the engine. */
final class Recomputation {

    final Map<String, List<DelayStats>> statistics = new LinkedHashMap<>();
    final Map<String, List<Long>> alertRows = new LinkedHashMap<>();

    Recomputation(FlightFile file) {
        Map<String, DelayStats> last = new LinkedHashMap<>();
        for (long row = 0; row < file.size(); row++) {
            Flight flight = file.flight(row);
            DelayStats before = last.getOrDefault(flight.origin(), DelayStats.empty());
            DelayStats now = before.plus(flight);
            last.put(flight.origin(), now);
            statistics
                    .computeIfAbsent(flight.origin(), airport -> new ArrayList<>())
                    .add(now);
            if (now.severe() && !before.severe()) {
                alertRows
                        .computeIfAbsent(flight.origin(), airport -> new ArrayList<>())
                        .add(row);
            }
        }
    }
}
