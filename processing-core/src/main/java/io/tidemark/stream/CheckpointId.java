package io.tidemark.stream;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Identity of a checkpoint of one task: always the whole triple. Two attempts at one number carry different content, and after a
 * rewind an older store can hold the right number with the wrong state, so nothing may ever compare by number alone.
 *
 * @param lineage raised by every rewind to a savepoint
 * @param number the committed number before it plus one; the first is 0
 * @param attempt fresh and random for every prepare
 */
public record CheckpointId(int lineage, long number, UUID attempt) {

    public CheckpointId {
        if (lineage < 0 || number < 0) {
            throw new IllegalArgumentException("Lineage and number start at 0: " + lineage + ", " + number);
        }
    }

    /** The identity that follows {@code parent}, or that of checkpoint 0 when there is none. */
    public static CheckpointId after(@Nullable CheckpointId parent, UUID attempt) {
        return parent == null
                ? new CheckpointId(0, 0, attempt)
                : new CheckpointId(parent.lineage, parent.number + 1, attempt);
    }

    @Override
    public String toString() {
        return number + " (lineage " + lineage + ", attempt " + attempt + ")";
    }
}
