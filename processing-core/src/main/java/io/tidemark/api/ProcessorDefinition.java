package io.tidemark.api;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What one processor is. Complete before the first record: nothing is declared later.
 *
 * @param id the processor's id, part of topic, group and directory names: {@code [a-z0-9][a-z0-9-]{0,62}}
 * @param topics input topics, co-partitioned
 * @param outputs topics its handlers name as targets; a handler may still choose others
 * @param states every state it keeps
 * @param dropStates names of states that may be found in the store and are to be deleted
 * @param handler makes the handler of a task
 */
public record ProcessorDefinition(
        String id,
        List<String> topics,
        Set<String> outputs,
        List<StateDescriptor<?>> states,
        Set<String> dropStates,
        HandlerBinding handler) {

    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public ProcessorDefinition {
        topics = List.copyOf(topics);
        outputs = Set.copyOf(outputs);
        states = List.copyOf(states);
        dropStates = Set.copyOf(dropStates);
        List<String> problems = problems(id, topics, states, dropStates);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    public static boolean isValidId(String id) {
        return ID.matcher(id).matches();
    }

    private static List<String> problems(
            String id, List<String> topics, List<StateDescriptor<?>> states, Set<String> dropStates) {
        List<String> problems = new ArrayList<>();
        if (!isValidId(id)) {
            problems.add("Processor id '" + id + "' does not match " + ID.pattern());
        }
        if (topics.isEmpty()) {
            problems.add("Processor '" + id + "' names no input topic");
        }
        if (new HashSet<>(topics).size() != topics.size()) {
            problems.add("Processor '" + id + "' names an input topic twice: " + topics);
        }
        Set<String> names = new HashSet<>();
        for (StateDescriptor<?> state : states) {
            if (!names.add(state.name())) {
                problems.add("Processor '" + id + "' declares state '" + state.name() + "' twice");
            }
            if (dropStates.contains(state.name())) {
                problems.add("Processor '" + id + "' declares state '" + state.name() + "' and drops it");
            }
        }
        return problems;
    }
}
