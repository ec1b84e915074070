package io.tidemark.benchmarks.run;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Arguments of the form {@code --name value}. */
final class Arguments {

    private final Map<String, String> given = new HashMap<>();
    private final Set<String> known = new HashSet<>();

    Arguments(String[] arguments) {
        if (arguments.length % 2 != 0) {
            throw new IllegalArgumentException("Every option has a value:\n" + Options.USAGE);
        }
        for (int i = 0; i < arguments.length; i += 2) {
            if (!arguments[i].startsWith("--")) {
                throw new IllegalArgumentException(arguments[i] + " is no option:\n" + Options.USAGE);
            }
            given.put(arguments[i].substring(2), arguments[i + 1]);
        }
    }

    String of(String name, String otherwise) {
        known.add(name);
        return given.getOrDefault(name, otherwise);
    }

    long of(String name, long otherwise) {
        return Long.parseLong(of(name, Long.toString(otherwise)).replace("_", ""));
    }

    void requireAllKnown() {
        Set<String> unknown = new HashSet<>(given.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("Unknown: " + unknown + "\n" + Options.USAGE);
        }
    }
}
