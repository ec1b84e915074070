package io.tidemark.boot.autoconfigure;

import io.tidemark.error.InvalidDefinition;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows every problem of every processor at once. */
final class InvalidDefinitionFailureAnalyzer extends AbstractFailureAnalyzer<InvalidDefinition> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidDefinition cause) {
        StringBuilder description = new StringBuilder("The keyed processors are not valid:\n");
        cause.problems().forEach(problem -> description.append("\n  - ").append(problem));
        return new FailureAnalysis(
                description.toString(),
                "Correct the " + cause.problems().size() + " problem(s) above; nothing was started.",
                cause);
    }
}
