package io.tidemark.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often the same kind of thing is told: the first few in full, then their number once in a while. Thousands of unreadable records in a
 * row are one piece of news. Thread-safe.
 */
final class RepeatedWarnings {

    static final int IN_FULL = 10;
    private static final long WINDOW_NANOS = 60_000_000_000L;

    /**
     * Whether one is told.
     *
     * @param isTold whether it is
     * @param note what to add, about those that are not
     */
    record Admission(boolean isTold, String note) {
        private static final Admission NO = new Admission(false, "");
    }

    private static final class Count {
        private long since;
        private long told;
        private long kept;
    }

    private final LongSupplier nanos;
    private final Map<String, Count> counts = new HashMap<>();

    RepeatedWarnings(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Asks whether one more is to be told.
     *
     * @param kind what it is, and of which processor
     */
    synchronized Admission admit(String kind) {
        long now = nanos.getAsLong();
        Count count = counts.computeIfAbsent(kind, same -> new Count());
        boolean begins = count.told == 0 || now - count.since >= WINDOW_NANOS;
        if (begins) {
            count.since = now;
            count.told = 0;
        }
        if (count.told >= IN_FULL) {
            count.kept++;
            return Admission.NO;
        }
        count.told++;
        long kept = count.kept;
        count.kept = 0;
        String note = kept == 0 ? "" : " " + kept + " of the kind before it were only counted.";
        return new Admission(
                true,
                count.told < IN_FULL
                        ? note
                        : note + " More of the kind within a minute of the first are only counted.");
    }
}
