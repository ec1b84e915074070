package io.tidemark.changelog;

import io.tidemark.error.StateCorrupted;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Puts the chunks of one changelog partition together, in the order they were read. */
public final class SegmentAssembler {

    private final SegmentCodec codec;
    private @Nullable Chunk first;
    private @Nullable Chunk last;
    private byte[] packed = new byte[0];
    private int filled;

    public SegmentAssembler(SegmentCodec codec) {
        this.codec = codec;
    }

    /**
     * Takes the next record.
     *
     * @return the segment it completes, or {@code null} when more is to come
     * @throws StateCorrupted when the record is damaged or out of order
     */
    public @Nullable Segment accept(byte[] record) {
        Chunk chunk = codec.chunk(record);
        Chunk before = last;
        if (before == null ? chunk.index() != 0 : !chunk.continues(before)) {
            throw new StateCorrupted(
                    "Chunk " + chunk.index() + " of " + chunk.count() + " of checkpoint "
                            + chunk.header().id() + " does not follow the record before it",
                    null);
        }
        if (before == null) {
            first = chunk;
            filled = 0;
        }
        append(chunk);
        last = chunk;
        return chunk.index() + 1 == chunk.count() ? finish() : null;
    }

    /**
     * Whether a record is the first of its segment.
     *
     * @throws StateCorrupted when it is none
     */
    public boolean begins(byte[] record) {
        return codec.chunk(record).index() == 0;
    }

    /** Whether the next record begins a segment. */
    public boolean isEmpty() {
        return last == null;
    }

    /** Grows with the data that really arrived: the announced length alone allocates nothing. */
    private void append(Chunk chunk) {
        if ((long) filled + chunk.data().length > chunk.packedLength()) {
            throw new StateCorrupted("Checkpoint " + chunk.header().id() + " has more bytes than it announced", null);
        }
        if (filled + chunk.data().length > packed.length) {
            packed = Arrays.copyOf(
                    packed, Math.min(chunk.packedLength(), Math.max(filled + chunk.data().length, filled * 2)));
        }
        System.arraycopy(chunk.data(), 0, packed, filled, chunk.data().length);
        filled += chunk.data().length;
    }

    private Segment finish() {
        Chunk head = first;
        last = null;
        first = null;
        if (head == null || filled != head.packedLength()) {
            throw new StateCorrupted("A segment ended after " + filled + " bytes, short of what it announced", null);
        }
        byte[] whole = Arrays.copyOf(packed, filled);
        packed = new byte[0];
        return codec.segment(head, whole);
    }
}
