package io.tidemark.runtime;

import io.tidemark.kafka.MembershipSettings;
import io.tidemark.kafka.StartFrom;

/**
 * How one processor runs on this instance.
 *
 * @param concurrency its workers here
 * @param startFrom where it starts without any history
 * @param membership how its workers are members of the group
 * @param worker how each worker behaves
 */
public record ProcessorSettings(
        int concurrency, StartFrom startFrom, MembershipSettings membership, WorkerSettings worker) {}
