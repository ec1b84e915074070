package io.tidemark.stream;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The positions of all input topics of one task, complete by definition: a task starts only with its whole set.
 *
 * @param byTopic next position per topic, in topic order
 */
public record Positions(SortedMap<String, Position> byTopic) {

    public Positions {
        byTopic = Collections.unmodifiableSortedMap(new TreeMap<>(byTopic));
    }

    public static Positions of(Map<String, Position> byTopic) {
        return new Positions(new TreeMap<>(byTopic));
    }

    /** The position in one topic. */
    public Position in(String topic) {
        Position position = byTopic.get(topic);
        if (position == null) {
            throw new IllegalArgumentException("No position for topic " + topic + " among " + byTopic.keySet());
        }
        return position;
    }
}
