package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Maps, keys of any type of the universe included: each entry in the order of iteration, its key first. */
final class MapForm extends Form {

    private final Containers.OfEntries kind;
    private final Form key;
    private final Form value;
    private final Shape shape;

    MapForm(Containers.OfEntries kind, Form key, Form value) {
        this.kind = kind;
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
        return read(in, key, value);
    }

    private Object read(ValueInput in, Reading keys, Reading values) {
        in.enter();
        ContainerHead head = ContainerHead.read(in);
        Nulls nullKeys = Nulls.read(in, head.nulls(), head.count());
        Nulls nullValues = Nulls.read(in, head.nulls(), head.count());
        Map<Object, Object> entries = kind.make().apply(head.order());
        for (int i = 0; i < head.count(); i++) {
            Object k = nullKeys.isSet(i) ? null : keys.read(in);
            Object v = nullValues.isSet(i) ? null : values.read(in);
            put(entries, k, v);
        }
        if (entries.size() != head.count()) {
            throw new IllegalArgumentException("Keys that differed are equal");
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
        boolean fits = stored instanceof Shape.Container other
                && (other.kind().equals("sortedmap") || (other.kind().equals("map") && !kind.isSorted()));
        if (!fits || !(stored instanceof Shape.Container other)) {
            return fit.misfit(stored, shape);
        }
        Reading keys = fit.at(
                " key", () -> fit.inKey(() -> fit.reading(key, other.parts().get(0))));
        Reading values = fit.at(" value", () -> fit.reading(value, other.parts().get(1)));
        return in -> read(in, keys, values);
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
                some.put(keys.get(i), values.get(i % values.size()));
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
        return 4 + 4 * (key.guess() + value.guess());
    }
}
