package io.tidemark.dev;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do about a directory another process has. */
final class DirectoryInUseFailureAnalyzer extends AbstractFailureAnalyzer<DirectoryInUse> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DirectoryInUse cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Stop the other application: it may still be running in another terminal or in the IDE. Two applications that are to run at"
                        + " once need directories of their own (tidemark.dev.kafka-dir), or connect to the Kafka of the first"
                        + " (spring.kafka.bootstrap-servers, with tidemark.dev.kafka-port set there).",
                cause);
    }
}
