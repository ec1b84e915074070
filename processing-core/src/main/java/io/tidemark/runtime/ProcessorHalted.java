package io.tidemark.runtime;

/** A record keeps failing: the processor stops, with everything before the record committed. */
final class ProcessorHalted extends Exception {

    private static final long serialVersionUID = 1L;

    ProcessorHalted(String where, int attempts, String message, Throwable cause) {
        super(
                where + " stopped after " + attempts + " attempts: " + message
                        + ". Everything before it is committed and nothing is lost; fix the cause and restart.",
                cause);
    }
}
