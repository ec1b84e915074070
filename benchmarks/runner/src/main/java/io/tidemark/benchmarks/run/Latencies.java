package io.tidemark.benchmarks.run;

import java.util.Arrays;

/** Latencies as they come; sorted, once all have come. */
final class Latencies {

    private int[] micros;
    private int count;

    Latencies(int expected) {
        this.micros = new int[Math.max(16, expected)];
    }

    void add(int latency) {
        if (count == micros.length) {
            micros = Arrays.copyOf(micros, 2 * count);
        }
        micros[count++] = latency;
    }

    int count() {
        return count;
    }

    /** Takes nothing more, and answers the percentiles. */
    Percentiles percentiles() {
        Arrays.sort(micros, 0, count);
        return new Percentiles(at(0.5), at(0.9), at(0.99), at(1));
    }

    private double at(double share) {
        return micros[(int) (share * (count - 1))] / 1e3;
    }

    /**
     * Milliseconds that a half, nine tenths, 99 hundredths and all took at most.
     */
    record Percentiles(double p50, double p90, double p99, double max) {}
}
