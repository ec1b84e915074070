package io.tidemark.sample;

/**
 * Delays of one airport so far.
 *
 * @param flights number of flights
 * @param totalMinutes sum of all delays
 * @param worstMinutes the largest delay
 * @param recentMinutes moving average of delays, which follows the last dozen flights or so
 * @param severe whether the airport is in trouble now
 * @param lastRow row of the last flight
 */
public record DelayStats(
        long flights, long totalMinutes, int worstMinutes, double recentMinutes, boolean severe, long lastRow) {

    private static final double WEIGHT = 0.15;
    private static final int ENOUGH_FLIGHTS = 10;
    private static final double SEVERE_FROM = 30;
    private static final double CALM_BELOW = 15;

    public static DelayStats empty() {
        return new DelayStats(0, 0, Integer.MIN_VALUE, 0, false, -1);
    }

    public DelayStats plus(Flight flight) {
        double recent =
                flights == 0 ? flight.delayMinutes() : recentMinutes + WEIGHT * (flight.delayMinutes() - recentMinutes);
        boolean trouble = severe ? recent >= CALM_BELOW : flights + 1 >= ENOUGH_FLIGHTS && recent >= SEVERE_FROM;
        return new DelayStats(
                flights + 1,
                totalMinutes + flight.delayMinutes(),
                Math.max(worstMinutes, flight.delayMinutes()),
                recent,
                trouble,
                flight.row());
    }

    public double meanMinutes() {
        return flights == 0 ? 0 : (double) totalMinutes / flights;
    }
}
