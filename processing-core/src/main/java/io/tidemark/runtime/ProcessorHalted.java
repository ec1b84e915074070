package io.tidemark.runtime;

/** The processor must not go on in this process, whatever is tried. */
final class ProcessorHalted extends Exception {

    private static final long serialVersionUID = 1L;

    ProcessorHalted(String processor, String message) {
        super("Processor " + processor + " is stopped: " + message);
    }
}
