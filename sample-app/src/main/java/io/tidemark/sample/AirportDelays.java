package io.tidemark.sample;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.Outgoing;
import io.tidemark.api.ValueState;
import java.util.ArrayList;
import java.util.List;
import org.springframework.messaging.handler.annotation.SendTo;

/** Keeps statistics per airport and raises an alert when one gets into trouble. */
// tag::processor[]
@KeyedProcessor(id = "airport-delays", topics = Topics.FLIGHTS)
class AirportDelays {

    private final AirportDirectory airports;

    AirportDelays(AirportDirectory airports) {
        this.airports = airports;
    }

    @OnRecord
    @SendTo(Topics.ALERTS)
    List<Object> on(Flight flight, @Key String airport, @State ValueState<DelayStats> stats) {
        DelayStats before = stats.getOr(DelayStats::empty);
        DelayStats now = before.plus(flight);
        stats.set(now);

        List<Object> results = new ArrayList<>();
        results.add(Outgoing.of(now).to(Topics.STATISTICS));
        if (now.severe() && !before.severe()) {
            results.add(new Alert(airport, airports.name(airport), now.recentMinutes(), now.flights(), flight.row()));
        }
        return results;
    }
}
// end::processor[]
