package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Maps, keys of any type of the universe included: each entry in the order of iteration, its key first. */
final class MapForm extends Form {

    /** Which kinds each kind reads: nothing is ordered otherwise, and what takes no null is given none. */
    private static final Map<String, Set<String>> READS = Map.of(
            "map", Set.of("map", "sortedmap", "concurrentmap", "concurrentsortedmap"),
            "sortedmap", Set.of("sortedmap", "concurrentsortedmap"),
            "concurrentmap", Set.of("concurrentmap", "concurrentsortedmap"),
            "concurrentsortedmap", Set.of("concurrentsortedmap"));

    private final Containers.OfEntries kind;
    private final boolean comparable;
    private final Form key;
    private final Form value;
    private final Shape shape;

    /**
     * @param comparable whether keys have a natural order
     */
    MapForm(Containers.OfEntries kind, Form key, Form value, boolean comparable) {
        this.kind = kind;
        this.comparable = comparable;
        this.key = key;
        this.value = value;
        this.shape = new Shape.Container(kind.kind(), List.of(key.shape(), value.shape()));
    }

    Form key() {
        return key;
    }

    Form value() {
        return value;
    }

    /** A map of this kind, to be filled. */
    Map<Object, Object> empty() {
        return kind.make().apply(kind.isSorted() ? ContainerHead.SORTED : ContainerHead.FILLED);
    }

    @Override
    Shape shape() {
        return shape;
    }

    @Override
    void write(Object map, ValueOutput out) {
        Map<?, ?> entries = (Map<?, ?>) map;
        Elements.requireKnownBehaviour(entries);
        if (!Elements.isOrdered(entries)) {
            out.sawUnordered();
        }
        int order = ContainerHead.FILLED;
        if (entries instanceof SortedMap<?, ?> sorted) {
            Elements.requireNaturalOrder(sorted.comparator());
            order = ContainerHead.SORTED;
        } else if (entries instanceof EnumMap) {
            order = ContainerHead.SORTED;
        }
        if (order == ContainerHead.FILLED && !key.isSimple()) {
            Elements.requireDistinct(entries.keySet());
        }
        out.enter();
        write(entries, order, out);
        out.leave();
    }

    private void write(Map<?, ?> entries, int order, ValueOutput out) {
        int count = entries.size();
        int bytes = Nulls.bytesFor(count);
        byte[] nulls = null;
        int place = 0;
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            if (entry.getKey() == null || entry.getValue() == null) {
                nulls = nulls == null ? new byte[2 * bytes] : nulls;
                if (entry.getKey() == null) {
                    Nulls.set(nulls, place);
                }
                if (entry.getValue() == null) {
                    Nulls.set(nulls, bytes * Byte.SIZE + place);
                }
            }
            place++;
        }
        ContainerHead.write(out, count, order, nulls != null);
        if (nulls != null) {
            out.write(nulls);
        }
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            if (entry.getKey() != null) {
                key.write(entry.getKey(), out);
            }
            if (entry.getValue() != null) {
                value.write(entry.getValue(), out);
            }
        }
        if (place != count) {
            throw new UnstorableValue("a map changed while it was written");
        }
    }

    @Override
    public Object read(ValueInput in) {
        return read(in, key, value, null);
    }

    private Object read(ValueInput in, Reading keys, Reading values, @Nullable Object ifNull) {
        in.enter();
        ContainerHead head = ContainerHead.read(in);
        Nulls nullKeys = Nulls.read(in, head.nulls(), head.count());
        Nulls nullValues = Nulls.read(in, head.nulls(), head.count());
        // keys that have lost their natural order keep the one they were stored in
        Map<Object, Object> entries = kind.make().apply(comparable ? head.order() : ContainerHead.FILLED);
        for (int i = 0; i < head.count(); i++) {
            Object k = nullKeys.isSet(i) ? null : keys.read(in);
            Object v = nullValues.isSet(i) ? ifNull : values.read(in);
            put(entries, k, v);
        }
        if (entries.size() != head.count()) {
            throw new UnstorableValue("keys of a map that differed when they were stored are equal now");
        }
        in.leave();
        return entries;
    }

    @SuppressWarnings("NullAway") // nulls come from a map that took them
    static void put(Map<Object, Object> entries, @Nullable Object k, @Nullable Object v) {
        entries.put(k, v);
    }

    @Override
    Reading readingOf(Shape stored, Fit fit) {
        if (!(stored instanceof Shape.Container other)
                || !READS.getOrDefault(kind.kind(), Set.of()).contains(other.kind())) {
            return fit.misfit(stored, shape);
        }
        Reading keys = fit.at(
                " key", () -> fit.inKey(() -> fit.reading(key, other.parts().get(0))));
        Reading values = fit.at(" value", () -> fit.reading(value, other.parts().get(1)));
        Object ifNull = Fit.ifNull(value, other.parts().get(1));
        return in -> read(in, keys, values, ifNull);
    }

    @Override
    List<Object> samples(int depth) {
        List<Object> samples = new ArrayList<>();
        int order = kind.isSorted() ? ContainerHead.SORTED : ContainerHead.FILLED;
        List<Object> keys = depth <= 0 ? List.of() : key.samples(depth - 1);
        List<Object> values = depth <= 0 ? List.of() : value.samples(depth - 1);
        if (!keys.isEmpty() && !values.isEmpty()) {
            Map<Object, Object> some = kind.make().apply(order);
            for (int i = 0; i < Math.min(4, keys.size()); i++) {
                try {
                    some.put(keys.get(i), values.get(i % values.size()));
                } catch (RuntimeException e) {
                    // made up of nulls, it cannot be compared or hashed
                }
            }
            samples.add(some);
            Map<Object, Object> filled = kind.make().apply(order);
            if (filled instanceof LinkedHashMap) {
                put(filled, keys.get(0), null);
                samples.add(filled);
            }
        }
        samples.add(kind.make().apply(order));
        return samples;
    }

    @Override
    int guess() {
        return 4 + Math.min(64, 4 * (key.guess() + value.guess()));
    }
}
