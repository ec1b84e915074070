package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Lists, sets and queues: each element in the order of iteration. */
final class CollectionForm extends Form {

    /** Which kinds each kind reads: nothing is ordered otherwise or becomes equal on the way. */
    private static final Map<String, Set<String>> READS = Map.of(
            "list", Set.of("list", "set", "sortedset", "array"),
            "set", Set.of("set", "sortedset"),
            "sortedset", Set.of("sortedset"),
            "collection", Set.of("collection", "list", "set", "sortedset", "deque", "arraydeque", "queue", "priority"),
            "queue", Set.of("queue", "deque", "arraydeque", "priority", "list"),
            "deque", Set.of("deque", "arraydeque"),
            "arraydeque", Set.of("arraydeque"),
            "priority", Set.of("priority"));

    private final Containers.OfElements kind;
    private final boolean comparable;
    private final Form element;
    private final Shape shape;

    /**
     * @param comparable whether elements have a natural order
     */
    CollectionForm(Containers.OfElements kind, Form element, boolean comparable) {
        this.kind = kind;
        this.element = element;
        this.comparable = comparable;
        this.shape = new Shape.Container(kind.kind(), List.of(element.shape()));
    }

    Form element() {
        return element;
    }

    /** A collection of this kind, to be filled. */
    Collection<Object> empty() {
        return kind.make().apply(orders()[0]);
    }

    @SuppressWarnings("NullAway") // null comes from a collection that took it
    static void add(Collection<Object> elements, @Nullable Object element) {
        elements.add(element);
    }

    @Override
    Shape shape() {
        return shape;
    }

    @Override
    void write(Object value, ValueOutput out) {
        Collection<?> elements = (Collection<?>) value;
        Elements.requireKnownBehaviour(elements);
        if (elements instanceof Set && !Elements.isOrdered(elements)) {
            out.sawUnordered();
        }
        if (elements instanceof Set<?> set && !element.isSimple()) {
            Elements.requireDistinct(set);
        }
        out.enter();
        int order = orderOf(elements);
        // a heap iterates in the order of its array, and filled in that order it is the same heap
        Elements.write(elements, order, element, out);
        out.leave();
    }

    private static int orderOf(Collection<?> elements) {
        if (elements instanceof SortedSet<?> sorted) {
            Elements.requireNaturalOrder(sorted.comparator());
            return ContainerHead.SORTED;
        }
        if (elements instanceof EnumSet) {
            return ContainerHead.SORTED;
        }
        if (elements instanceof Set) {
            return ContainerHead.FILLED;
        }
        if (elements instanceof List) {
            return ContainerHead.LIST;
        }
        if (elements instanceof PriorityQueue<?> queue) {
            Elements.requireNaturalOrder(queue.comparator());
            return ContainerHead.PRIORITY;
        }
        return elements instanceof Queue ? ContainerHead.DEQUE : ContainerHead.LIST;
    }

    @Override
    public Object read(ValueInput in) {
        return read(in, element, null);
    }

    private Object read(ValueInput in, Reading each, @Nullable Object ifNull) {
        in.enter();
        ContainerHead head = ContainerHead.read(in);
        Nulls nulls = Nulls.read(in, head.nulls(), head.count());
        Collection<Object> elements = kind.make().apply(orderToMake(head.order()));
        for (int i = 0; i < head.count(); i++) {
            add(elements, nulls.isSet(i) ? ifNull : each.read(in));
        }
        if (elements.size() != head.count()) {
            throw new UnstorableValue("elements of a set that differed when they were stored are equal now");
        }
        in.leave();
        return elements;
    }

    /** Elements that have lost their natural order keep the one they were stored in. */
    private int orderToMake(int order) {
        if (comparable || (order != ContainerHead.SORTED && order != ContainerHead.PRIORITY)) {
            return order;
        }
        return order == ContainerHead.SORTED ? ContainerHead.FILLED : ContainerHead.LIST;
    }

    @Override
    Reading readingOf(Shape stored, Fit fit) {
        if (!(stored instanceof Shape.Container other)
                || !READS.getOrDefault(kind.kind(), Set.of()).contains(other.kind())) {
            return fit.misfit(stored, shape);
        }
        boolean distinct = kind.kind().endsWith("set") || kind.kind().equals("collection");
        Reading each = fit.at(
                " element",
                () -> distinct
                        ? fit.inKey(() -> fit.reading(element, other.parts().get(0)))
                        : fit.reading(element, other.parts().get(0)));
        Object ifNull = Fit.ifNull(element, other.parts().get(0));
        return in -> read(in, each, ifNull);
    }

    @Override
    List<Object> samples(int depth) {
        List<Object> samples = new ArrayList<>();
        List<Object> elements = depth <= 0 ? List.of() : element.samples(depth - 1);
        for (int order : orders()) {
            if (!elements.isEmpty()) {
                Collection<Object> some = kind.make().apply(order);
                for (Object each : elements.subList(0, Math.min(4, elements.size()))) {
                    try {
                        some.add(each);
                    } catch (RuntimeException e) {
                        // made up of nulls, it cannot be compared or hashed
                    }
                }
                samples.add(some);
            }
            samples.add(kind.make().apply(order));
        }
        return samples;
    }

    private int[] orders() {
        return switch (kind.kind()) {
            case "list" -> new int[] {ContainerHead.LIST};
            case "set" -> new int[] {ContainerHead.FILLED};
            case "sortedset" -> new int[] {ContainerHead.SORTED};
            case "priority" -> new int[] {ContainerHead.PRIORITY};
            case "collection" -> new int[] {ContainerHead.LIST, ContainerHead.FILLED, ContainerHead.DEQUE};
            default -> new int[] {ContainerHead.DEQUE};
        };
    }

    @Override
    int guess() {
        return 4 + Math.min(64, 4 * element.guess());
    }
}
