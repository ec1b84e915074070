package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * Judges why a record failed. Called on the worker's thread, once for each failure; it must be quick, thread-safe, and not throw: a
 * classifier that throws counts as one that does not know.
 */
@FunctionalInterface
public interface FailureClassifier {

    /**
     * The kind of a failure.
     *
     * @param failure what the handler or the deserializer threw, with its causes
     * @return the kind, or {@code null} to leave it to the next classifier
     */
    @Nullable
    FailureKind classify(Throwable failure);
}
