package io.tidemark.runtime;

import io.tidemark.changelog.ChangelogReader;
import io.tidemark.changelog.ChangelogTrimmer;
import io.tidemark.changelog.SegmentCodec;
import io.tidemark.checkpoint.Fencing;
import io.tidemark.checkpoint.TransactionalLog;
import io.tidemark.state.StateStores;
import io.tidemark.stream.KeyPlacement;
import io.tidemark.stream.OutputTopics;
import io.tidemark.stream.RecordSource;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Everything a worker reaches the world through.
 *
 * @param source its group membership
 * @param log its transactional producer
 * @param outputs which topics there are to send to
 * @param changelog its reader of changelog partitions
 * @param trimmer deletes what no checkpoint needs any more
 * @param stores the stores of this process
 * @param fencing ends transactions of former owners
 * @param placements where known partitioners put keys, by what they are called; the standard one first
 * @param codec bytes of segments
 * @param attempts fresh random identities, one per prepare
 */
public record WorkerPorts(
        RecordSource source,
        TransactionalLog log,
        OutputTopics outputs,
        ChangelogReader changelog,
        ChangelogTrimmer trimmer,
        StateStores stores,
        Fencing fencing,
        Map<String, KeyPlacement> placements,
        SegmentCodec codec,
        Supplier<UUID> attempts) {}
