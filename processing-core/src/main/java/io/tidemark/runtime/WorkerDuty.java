package io.tidemark.runtime;

import io.tidemark.api.ProcessorDefinition;

/**
 * What one worker is there for.
 *
 * @param definition the processor
 * @param group its consumer group
 * @param partitions partitions of its inputs when it started, and of its changelog
 * @param settings how it behaves
 * @param times how long a call of its handler may take
 * @param verdicts what is known about the processor's records
 */
public record WorkerDuty(
        ProcessorDefinition definition,
        String group,
        int partitions,
        WorkerSettings settings,
        HandlerTimes times,
        Verdicts verdicts) {}
