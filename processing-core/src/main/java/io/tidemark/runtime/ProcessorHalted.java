package io.tidemark.runtime;

import io.tidemark.stream.TaskId;

/** A record keeps failing: the processor stops, with everything before the record committed. */
final class ProcessorHalted extends Exception {

    private static final long serialVersionUID = 1L;

    ProcessorHalted(TaskId task, int attempts, String message, Throwable cause) {
        super(
                "Task " + task + " stopped after " + attempts + " attempts: " + message
                        + ". Everything before it is committed and nothing is lost; fix the cause and restart.",
                cause);
    }
}
