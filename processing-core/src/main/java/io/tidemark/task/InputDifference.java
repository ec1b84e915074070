package io.tidemark.task;

import java.util.List;

/**
 * How the topics a processor reads differ from those the state in a store was made from.
 *
 * @param added read now, not part of the state
 * @param removed part of the state, not read any more
 */
public record InputDifference(List<String> added, List<String> removed) {

    public InputDifference {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
    }

    public boolean isEmpty() {
        return added.isEmpty() && removed.isEmpty();
    }
}
