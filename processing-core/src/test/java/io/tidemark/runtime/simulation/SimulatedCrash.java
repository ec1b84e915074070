package io.tidemark.runtime.simulation;

/** The process is gone: thrown out of a port call. An error of the machine, so that no code under test takes it for its own. */
final class SimulatedCrash extends VirtualMachineError {

    private static final long serialVersionUID = 1L;

    SimulatedCrash() {
        super("simulated crash");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
