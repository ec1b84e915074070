package io.tidemark.runtime;

import io.tidemark.kafka.MembershipSettings;
import io.tidemark.kafka.StartFrom;
import java.time.Duration;

/**
 * How one processor runs on this instance.
 *
 * @param concurrency its workers here
 * @param startFrom where it starts without any history
 * @param membership how its workers are members of the group
 * @param worker how each worker behaves
 * @param restart what follows a worker's failure
 * @param stuckAfter how long a worker may be busy with one thing before that is told
 * @param createOutputs whether output topics that are missing are created
 */
public record ProcessorSettings(
        int concurrency,
        StartFrom startFrom,
        MembershipSettings membership,
        WorkerSettings worker,
        RestartStrategy restart,
        Duration stuckAfter,
        boolean createOutputs) {

    /** The defaults of the engine, with one worker. */
    public static ProcessorSettings defaults() {
        return new ProcessorSettings(
                1,
                StartFrom.EARLIEST,
                MembershipSettings.defaults(),
                WorkerSettings.defaults(),
                RestartStrategy.defaults(),
                Duration.ofSeconds(30),
                false);
    }

    public ProcessorSettings withConcurrency(int other) {
        return new ProcessorSettings(other, startFrom, membership, worker, restart, stuckAfter, createOutputs);
    }

    public ProcessorSettings with(MembershipSettings other) {
        return new ProcessorSettings(concurrency, startFrom, other, worker, restart, stuckAfter, createOutputs);
    }

    public ProcessorSettings with(WorkerSettings other) {
        return new ProcessorSettings(concurrency, startFrom, membership, other, restart, stuckAfter, createOutputs);
    }

    public ProcessorSettings with(RestartStrategy other) {
        return new ProcessorSettings(concurrency, startFrom, membership, worker, other, stuckAfter, createOutputs);
    }

    public ProcessorSettings withStuckAfter(Duration other) {
        return new ProcessorSettings(concurrency, startFrom, membership, worker, restart, other, createOutputs);
    }

    public ProcessorSettings withCreateOutputs(boolean other) {
        return new ProcessorSettings(concurrency, startFrom, membership, worker, restart, stuckAfter, other);
    }
}
