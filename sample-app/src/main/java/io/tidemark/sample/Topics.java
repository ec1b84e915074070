package io.tidemark.sample;

/** The topics of the sample. */
final class Topics {

    static final String FLIGHTS = "flights";
    static final String STATISTICS = "airport-statistics";
    static final String ALERTS = "airport-alerts";

    private Topics() {}
}
