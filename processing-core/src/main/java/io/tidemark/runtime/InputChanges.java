package io.tidemark.runtime;

import io.tidemark.kafka.StartFrom;
import java.util.Map;
import java.util.Set;

/**
 * Changes of a processor's inputs that somebody wants, for tasks that have state. What was done once is not done again.
 *
 * @param adopt topics the state was not made from and that are read from now on, each with where its partitions begin
 * @param retire topics the state was made from and that are not read any more, whatever is unread there
 */
public record InputChanges(Map<String, StartFrom> adopt, Set<String> retire) {

    /** Inputs are what they were, or the task is refused. */
    public static final InputChanges NONE = new InputChanges(Map.of(), Set.of());

    public InputChanges {
        adopt = Map.copyOf(adopt);
        retire = Set.copyOf(retire);
    }
}
