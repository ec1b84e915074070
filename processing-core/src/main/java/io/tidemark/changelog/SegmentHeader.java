package io.tidemark.changelog;

import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.Positions;
import org.jspecify.annotations.Nullable;

/**
 * What every chunk of a segment says about it.
 *
 * @param kind delta or base slice
 * @param id the checkpoint it belongs to
 * @param parent the checkpoint before, {@code null} for checkpoint 0
 * @param positions input positions after the checkpoint
 * @param schemaFingerprint fingerprint of all states
 * @param owner transactional id of the writer, so that a successor can fence it
 */
public record SegmentHeader(
        SegmentKind kind,
        CheckpointId id,
        @Nullable CheckpointId parent,
        Positions positions,
        long schemaFingerprint,
        String owner) {}
