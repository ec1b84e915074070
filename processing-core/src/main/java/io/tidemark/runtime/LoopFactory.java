package io.tidemark.runtime;

import io.tidemark.error.EnvironmentRefused;

/** Makes the loop of a worker, with fresh clients. */
@FunctionalInterface
interface LoopFactory {

    /**
     * @throws EnvironmentRefused when the surroundings do not fit
     */
    PartitionLoop make(int worker, WorkerCounters counters);
}
