package io.tidemark.faults;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.ValueState;
import java.util.SplittableRandom;

/** Keeps far more on disk than it may hold in memory, in all kinds of state, and reads it again at random. */
@KeyedProcessor(id = "hoard", topics = "${hoard.in}")
class Hoard {

    private static final int VALUE_BYTES = 400;
    private static final int LONGEST = 20;

    record Goods(long count, byte[] bytes) {}

    @OnRecord
    void on(
            String order,
            @Key String key,
            @State ValueState<Goods> goods,
            @State MapState<String, Long> orders,
            @State ListState<String> recent) {
        long count = goods.getOr(() -> new Goods(0, new byte[0])).count() + 1;
        byte[] bytes = new byte[VALUE_BYTES];
        new SplittableRandom(key.hashCode() + count).nextBytes(bytes);
        goods.set(new Goods(count, bytes));
        orders.put(order, count);
        recent.add(order);
        if (count % LONGEST == 0) {
            orders.clear();
            recent.clear();
        }
    }
}
