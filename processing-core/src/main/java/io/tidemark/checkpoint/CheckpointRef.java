package io.tidemark.checkpoint;

import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.DeltaHash;
import java.util.List;

/**
 * What a pointer says about its checkpoint, the same for every input partition of the task.
 *
 * @param id the checkpoint
 * @param hash hash of its delta
 * @param base changelog offset from which a replay restores everything
 * @param end changelog offset after the delta's last record
 * @param schemaFingerprint fingerprint of all states when it was written
 * @param schemaGeneration how often the schema changed before it
 * @param olderSchemas fingerprints of earlier generations, newest first; for the release before this one, which finds out by them that it is
 *     the older one. This one asks the schemas in the store
 */
public record CheckpointRef(
        CheckpointId id,
        DeltaHash hash,
        long base,
        long end,
        long schemaFingerprint,
        int schemaGeneration,
        List<Long> olderSchemas) {

    /** How many earlier fingerprints a pointer keeps. */
    public static final int MAX_OLDER_SCHEMAS = 8;

    public CheckpointRef {
        olderSchemas = List.copyOf(olderSchemas);
        if (base < 0 || end <= base || olderSchemas.size() > MAX_OLDER_SCHEMAS) {
            throw new IllegalArgumentException("Changelog range [" + base + ", " + end + ") is empty or negative, or "
                    + olderSchemas.size() + " older schemas are too many");
        }
    }
}
