package io.tidemark.runtime;

import java.time.Duration;

/**
 * What the workers of one processor have in common.
 *
 * @param processor the processor's id
 * @param loops makes their loops
 * @param restart what follows a failure
 * @param rivalry notices a process that claims to be this one
 * @param stopBudget how long an orderly stop may take
 * @param stuckAfter how long one duty cycle may take before that is told
 * @param lostAfter how long one may take before the partitions are somebody else's
 */
record WorkerPlan(
        String processor,
        LoopFactory loops,
        RestartStrategy restart,
        Rivalry rivalry,
        Duration stopBudget,
        Duration stuckAfter,
        Duration lostAfter) {}
