package io.tidemark.changelog;

import io.tidemark.stream.BaseProgress;
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
 * @param base how far the rolling base is after the checkpoint, its own delta's bytes not counted
 * @param stretch the rows a base slice covers; {@code null} for a delta
 */
public record SegmentHeader(
        SegmentKind kind,
        CheckpointId id,
        @Nullable CheckpointId parent,
        Positions positions,
        long schemaFingerprint,
        String owner,
        BaseProgress base,
        @Nullable Stretch stretch) {

    /**
     * Rows after {@code from}, up to and with {@code to}.
     *
     * @param from empty for the first slice of a round
     * @param last whether the round ends with it
     */
    public record Stretch(byte[] from, byte[] to, boolean last) {

        /** Lengths only: rows hold keys. */
        @Override
        public String toString() {
            return "rows of " + from.length + " to " + to.length + " bytes";
        }
    }

    public SegmentHeader {
        if ((kind == SegmentKind.BASE_SLICE) != (stretch != null)) {
            throw new IllegalArgumentException("Exactly a base slice has a stretch");
        }
    }
}
