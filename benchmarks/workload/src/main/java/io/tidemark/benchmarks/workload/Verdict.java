package io.tidemark.benchmarks.workload;

/** Checks what a contestant sent against what is right: per key every total once, in order. */
public final class Verdict {

    private final int[] counts;
    private final long[] sums;
    private final int[] highest;
    private long records;

    /**
     * @param keys keys the workload has
     */
    public Verdict(int keys) {
        this.counts = new int[keys];
        this.sums = new long[keys];
        this.highest = new int[keys];
    }

    /**
     * The next total of a key.
     *
     * @throws AssertionError when it is not the one after the last of its key
     */
    public void accept(int key, Total total) {
        int ordinal = counts[key] + 1;
        int amount = Workload.amount(key, ordinal);
        counts[key] = ordinal;
        sums[key] += amount;
        highest[key] = Math.max(highest[key], amount);
        records++;
        if (total.count() != ordinal || total.sum() != sums[key] || total.highest() != highest[key]) {
            throw new AssertionError("Key " + key + ": " + total + " where count " + ordinal + ", sum " + sums[key]
                    + " and highest " + highest[key] + " were due");
        }
    }

    /** Totals so far, all of them right. */
    public long records() {
        return records;
    }
}
