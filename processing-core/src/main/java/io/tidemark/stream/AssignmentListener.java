package io.tidemark.stream;

import java.util.Collection;

/** Told about ownership, on the polling thread, from inside {@link RecordSource#poll}. */
public interface AssignmentListener {

    /**
     * These partitions are ours now. They have no position yet: the listener seeks and pauses each of them before it returns,
     * because one partition without a position blocks the fetching of all others.
     */
    void assigned(Collection<InputPartition> partitions);

    /** These partitions go to somebody else in an orderly way: work on them may still be committed until this returns. */
    void revoked(Collection<InputPartition> partitions);

    /** These partitions were taken: whatever was not committed is void, and nothing may be committed for them any more. */
    void lost(Collection<InputPartition> partitions);
}
