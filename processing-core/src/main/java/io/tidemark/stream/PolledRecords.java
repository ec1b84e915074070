package io.tidemark.stream;

/**
 * The records of one poll, walked once, partition by partition and in offset order within each. The current record is a view that
 * moves with the walk.
 */
public interface PolledRecords {

    /** Moves to the next record; {@code false} when there is none. */
    boolean advance();

    /** The record the walk stands on. */
    InputRecord current();

    /**
     * Keys of the records that come next in the same partition; the walk stays where it is.
     *
     * @param keys where they go; records without a key are left out
     * @return how many there are now, fewer than there is room for at the end of a partition
     */
    int nextKeys(byte[][] keys);

    /** Number of records in the poll, walked or not. */
    int count();

    /**
     * For every partition of the poll the position after everything it covered, transaction markers and aborted records included.
     * Valid once the walk is over.
     */
    java.util.Map<InputPartition, Position> nextPositions();
}
