package io.tidemark.benchmarks.workload;

import org.jspecify.annotations.Nullable;

/**
 * What is kept under a key and sent for each order.
 *
 * @param count orders so far
 * @param sum their amounts together
 * @param highest the highest of them
 * @param time time of the last one
 */
public record Total(long count, long sum, int highest, long time) {

    /** The aggregate of all contestants. */
    public static Total after(@Nullable Total before, Order order) {
        return before == null
                ? new Total(1, order.amount(), order.amount(), order.time())
                : new Total(
                        before.count + 1,
                        before.sum + order.amount(),
                        Math.max(before.highest, order.amount()),
                        order.time());
    }
}
