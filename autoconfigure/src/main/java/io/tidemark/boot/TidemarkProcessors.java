package io.tidemark.boot;

import io.tidemark.runtime.ProcessingRuntime;
import java.util.Optional;
import java.util.function.Consumer;

/** The processors of this application context. */
public interface TidemarkProcessors {

    /** The runtime, or empty before all beans are there and in an application without processors. */
    Optional<ProcessingRuntime> runtime();

    /** Hands the runtime to {@code action}: at once, or as soon as all beans are there; never in an application without processors. */
    void whenReady(Consumer<ProcessingRuntime> action);
}
