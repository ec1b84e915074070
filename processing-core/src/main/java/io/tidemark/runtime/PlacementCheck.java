package io.tidemark.runtime;

import io.tidemark.runtime.RuntimeEvent.RecordMisplaced;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.KeyPlacement;
import io.tidemark.stream.TaskId;

/**
 * Debugging aid: tells when a key lies in another partition than the default partitioner gives it. Its state is then split among tasks,
 * which no processor can see by itself.
 */
final class PlacementCheck implements KeyInspector {

    private final KeyPlacement placement;
    private final int partitions;
    private final RuntimeListener listener;
    private long misplaced;

    PlacementCheck(KeyPlacement placement, int partitions, RuntimeListener listener) {
        this.placement = placement;
        this.partitions = partitions;
        this.listener = listener;
    }

    @Override
    public void look(TaskId task, InputRecord record) {
        byte[] key = record.key();
        if (key == null) {
            return;
        }
        int home = placement.partitionOf(key, partitions);
        // told at 1, 2, 4, 8 ...: often enough to be seen, seldom enough to be read
        if (home != record.partition() && Long.bitCount(++misplaced) == 1) {
            listener.on(new RecordMisplaced(task, record.topic(), record.offset(), home, misplaced));
        }
    }
}
