package io.tidemark.codec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.Stack;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The containers of the JDK that are in the universe, by the class they are declared with: what they are in a shape, and what is made when
 * one is read. Sets and maps are read into kinds that keep the order they were written in.
 */
@SuppressWarnings("JdkObsolete") // what people declare is what they get
final class Containers {

    /**
     * How a declared collection is made.
     *
     * @param kind its kind in shapes
     * @param make an empty one for an order of {@link ContainerHead}
     */
    record OfElements(String kind, IntFunction<Collection<Object>> make) {

        boolean isSorted() {
            return kind.equals("sortedset") || kind.equals("priority");
        }
    }

    /**
     * How a declared map is made.
     *
     * @param kind its kind in shapes
     * @param make an empty one for an order of {@link ContainerHead}
     */
    record OfEntries(String kind, IntFunction<Map<Object, Object>> make) {

        boolean isSorted() {
            return kind.endsWith("sortedmap");
        }
    }

    private static final Map<Class<?>, OfElements> COLLECTIONS = new HashMap<>();
    private static final Map<Class<?>, OfEntries> MAPS = new HashMap<>();

    static {
        list(List.class, ArrayList::new);
        list(ArrayList.class, ArrayList::new);
        list(LinkedList.class, LinkedList::new);
        list(Vector.class, Vector::new);
        list(Stack.class, Stack::new);
        list(CopyOnWriteArrayList.class, CopyOnWriteArrayList::new);
        COLLECTIONS.put(Set.class, new OfElements("set", Containers::set));
        set(HashSet.class, LinkedHashSet::new);
        set(LinkedHashSet.class, LinkedHashSet::new);
        set(CopyOnWriteArraySet.class, CopyOnWriteArraySet::new);
        sortedSet(SortedSet.class, TreeSet::new);
        sortedSet(NavigableSet.class, TreeSet::new);
        sortedSet(TreeSet.class, TreeSet::new);
        sortedSet(ConcurrentSkipListSet.class, ConcurrentSkipListSet::new);
        COLLECTIONS.put(Collection.class, new OfElements("collection", Containers::collection));
        COLLECTIONS.put(Queue.class, new OfElements("queue", Containers::queue));
        COLLECTIONS.put(Deque.class, new OfElements("deque", Containers::queue));
        COLLECTIONS.put(ArrayDeque.class, new OfElements("arraydeque", order -> new ArrayDeque<>()));
        COLLECTIONS.put(PriorityQueue.class, new OfElements("priority", order -> new PriorityQueue<>()));
        MAPS.put(Map.class, new OfEntries("map", Containers::map));
        map(HashMap.class, LinkedHashMap::new);
        map(LinkedHashMap.class, LinkedHashMap::new);
        MAPS.put(ConcurrentMap.class, new OfEntries("concurrentmap", order -> new ConcurrentHashMap<>()));
        MAPS.put(ConcurrentHashMap.class, new OfEntries("concurrentmap", order -> new ConcurrentHashMap<>()));
        sortedMap(SortedMap.class, TreeMap::new);
        sortedMap(NavigableMap.class, TreeMap::new);
        sortedMap(TreeMap.class, TreeMap::new);
        MAPS.put(
                ConcurrentNavigableMap.class,
                new OfEntries("concurrentsortedmap", order -> new ConcurrentSkipListMap<>()));
        MAPS.put(
                ConcurrentSkipListMap.class,
                new OfEntries("concurrentsortedmap", order -> new ConcurrentSkipListMap<>()));
    }

    private Containers() {}

    static @Nullable OfElements collection(Class<?> declared, @Nullable Class<?> element) {
        if (declared == EnumSet.class && element != null && element.isEnum()) {
            return new OfElements("sortedset", order -> enumSet(element));
        }
        return COLLECTIONS.get(declared);
    }

    static @Nullable OfEntries map(Class<?> declared, @Nullable Class<?> key) {
        if (declared == EnumMap.class && key != null && key.isEnum()) {
            return new OfEntries("sortedmap", order -> enumMap(key));
        }
        return MAPS.get(declared);
    }

    /** Classes that are containers, in the universe or not: they are never looked at field by field. */
    static boolean isContainer(Class<?> type) {
        return Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type);
    }

    private static Collection<Object> set(int order) {
        return order == ContainerHead.SORTED ? new TreeSet<>() : new LinkedHashSet<>();
    }

    private static Collection<Object> queue(int order) {
        return switch (order) {
            case ContainerHead.DEQUE -> new ArrayDeque<>();
            case ContainerHead.PRIORITY -> new PriorityQueue<>();
            default -> new LinkedList<>();
        };
    }

    private static Collection<Object> collection(int order) {
        return switch (order) {
            case ContainerHead.LIST -> new ArrayList<>();
            case ContainerHead.DEQUE, ContainerHead.PRIORITY -> queue(order);
            default -> set(order);
        };
    }

    private static Map<Object, Object> map(int order) {
        return order == ContainerHead.SORTED ? new TreeMap<>() : new LinkedHashMap<>();
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // isEnum() was asked
    private static Collection<Object> enumSet(Class<?> element) {
        return EnumSet.noneOf((Class) element);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // isEnum() was asked
    private static Map<Object, Object> enumMap(Class<?> key) {
        return new EnumMap((Class) key);
    }

    private static void list(Class<?> declared, Supplier<Collection<Object>> make) {
        COLLECTIONS.put(declared, new OfElements("list", order -> make.get()));
    }

    private static void set(Class<?> declared, Supplier<Collection<Object>> make) {
        COLLECTIONS.put(declared, new OfElements("set", order -> make.get()));
    }

    private static void sortedSet(Class<?> declared, Supplier<Collection<Object>> make) {
        COLLECTIONS.put(declared, new OfElements("sortedset", order -> make.get()));
    }

    private static void map(Class<?> declared, Supplier<Map<Object, Object>> make) {
        MAPS.put(declared, new OfEntries("map", order -> make.get()));
    }

    private static void sortedMap(Class<?> declared, Supplier<Map<Object, Object>> make) {
        MAPS.put(declared, new OfEntries("sortedmap", order -> make.get()));
    }
}
