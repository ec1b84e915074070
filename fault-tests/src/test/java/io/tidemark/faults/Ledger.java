package io.tidemark.faults;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.ValueState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.messaging.handler.annotation.SendTo;

/** Keeps books of flights per origin in all kinds of state and says after each flight what they show. */
@KeyedProcessor(id = "ledger", topics = "${ledger.in}")
class Ledger {

    /** The count, the digest and bytes that belong to them. */
    record Totals(long count, long xor, byte[] ballast) {}

    @OnRecord
    @SendTo("${ledger.out}")
    Line on(
            Entry entry,
            @Key String origin,
            @State ValueState<Totals> totals,
            @State MapState<String, Long> destinations,
            @State ListState<Long> recent) {
        Totals before = totals.getOr(() -> new Totals(0, 0, Line.ballast(origin, 0)));
        boolean intact = Arrays.equals(before.ballast(), Line.ballast(origin, before.xor()));
        long xor = before.xor() ^ entry.nonce();
        totals.set(new Totals(before.count() + 1, xor, Line.ballast(origin, xor)));

        long toDestination = destinations.getOr(entry.destination(), 0L) + 1;
        destinations.put(entry.destination(), toDestination);

        if (entry.sequence() % Line.RECENT == 0) {
            recent.clear();
        }
        recent.add(entry.nonce());

        return new Line(
                before.count() + 1,
                xor,
                entry.sequence(),
                toDestination,
                entry.audit() ? recent.toList() : List.of(),
                intact,
                entry.audit() ? digest(destinations) : null);
    }

    private static long digest(MapState<String, Long> destinations) {
        long digest = 0;
        for (Map.Entry<String, Long> entry : destinations.entries()) {
            digest += Line.digest(entry.getKey(), entry.getValue());
        }
        return digest;
    }
}
