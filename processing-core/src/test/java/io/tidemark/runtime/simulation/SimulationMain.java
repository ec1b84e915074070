package io.tidemark.runtime.simulation;

import java.util.Optional;
import java.util.Set;

/** Runs the simulation in a process of its own, whose class path may hold other classes than the product's. */
public final class SimulationMain {

    private SimulationMain() {}

    /**
     * Says {@code caught at seed N: why}, or {@code nothing in N seeds}.
     *
     * @param arguments how many seeds, and whether somebody meddles
     */
    public static void main(String[] arguments) {
        long seeds = Long.parseLong(arguments[0]);
        boolean meddled = Boolean.parseBoolean(arguments[1]);
        Optional<Simulations.Failure> failure = new Simulations(Set.of(), meddled).firstFailure(1, seeds);
        System.out.println(failure.map(found -> "caught at seed " + found.seed() + ": "
                        + found.cause().toString().lines().findFirst().orElse(""))
                .orElse("nothing in " + seeds + " seeds"));
        System.exit(0);
    }
}
