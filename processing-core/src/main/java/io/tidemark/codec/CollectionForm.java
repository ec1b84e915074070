package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
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
            "collection", Set.of("collection", "list", "set", "sortedset", "deque", "queue", "priority"),
            "queue", Set.of("queue", "deque", "priority", "list"),
            "deque", Set.of("deque"),
            "priority", Set.of("priority"));

    private final Containers.OfElements kind;
    private final Form element;
    private final Shape shape;

    CollectionForm(Containers.OfElements kind, Form element) {
        this.kind = kind;
        this.element = element;
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
        out.enter();
        int order = orderOf(elements);
        // a heap iterates in the order of its array; sorted, it is one as well, and says all there is to say
        Collection<?> written = order == ContainerHead.PRIORITY ? sorted(elements) : elements;
        Elements.write(written, order, element, out);
        out.leave();
    }

    private static Collection<?> sorted(Collection<?> elements) {
        Object[] sorted = elements.toArray();
        Arrays.sort(sorted);
        return Arrays.asList(sorted);
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
        if (elements instanceof ArrayDeque) {
            return ContainerHead.DEQUE;
        }
        throw new UnstorableValue("a " + elements.getClass().getName()
                + " is neither a list, a set, an ArrayDeque nor a" + " PriorityQueue");
    }

    @Override
    public Object read(ValueInput in) {
        return read(in, element);
    }

    private Object read(ValueInput in, Reading each) {
        in.enter();
        ContainerHead head = ContainerHead.read(in);
        Nulls nulls = Nulls.read(in, head.nulls(), head.count());
        Collection<Object> elements = kind.make().apply(head.order());
        for (int i = 0; i < head.count(); i++) {
            elements.add(nulls.isSet(i) ? none() : each.read(in));
        }
        if (elements.size() != head.count()) {
            throw new IllegalArgumentException("Elements that differed are equal");
        }
        in.leave();
        return elements;
    }

    @SuppressWarnings("NullAway") // a null element of a container that may hold one
    private static Object none() {
        return null;
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
        return in -> read(in, each);
    }

    @Override
    List<Object> samples(int depth) {
        List<Object> samples = new ArrayList<>();
        List<Object> elements = depth <= 0 ? List.of() : element.samples(depth - 1);
        for (int order : orders()) {
            if (!elements.isEmpty()) {
                Collection<Object> some = kind.make().apply(order);
                some.addAll(elements.subList(0, Math.min(4, elements.size())));
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
        return 4 + 4 * element.guess();
    }
}
