package io.tidemark.error;

import java.util.List;

/** Processor definitions are wrong: fail at start and list every problem at once. */
public final class InvalidDefinition extends TidemarkException {

    private final List<String> problems;

    public InvalidDefinition(List<String> problems) {
        super(String.join(System.lineSeparator(), problems), null);
        this.problems = List.copyOf(problems);
    }

    /** Each problem on its own, with the place it was found in. */
    public List<String> problems() {
        return problems;
    }
}
