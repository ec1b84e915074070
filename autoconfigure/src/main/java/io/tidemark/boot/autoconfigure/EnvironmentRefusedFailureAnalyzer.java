package io.tidemark.boot.autoconfigure;

import io.tidemark.error.EnvironmentRefused;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows what does not fit and what to do. */
final class EnvironmentRefusedFailureAnalyzer extends AbstractFailureAnalyzer<EnvironmentRefused> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, EnvironmentRefused cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
