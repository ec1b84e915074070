package io.tidemark.changelog;

import io.tidemark.stream.DeltaHash;
import java.util.List;

/**
 * A segment as the records that carry it.
 *
 * @param chunks record values in order, each below the broker's record limit
 * @param hash hash of the segment, for the pointer
 */
public record EncodedSegment(List<byte[]> chunks, DeltaHash hash) {

    public long sizeInBytes() {
        long size = 0;
        for (byte[] chunk : chunks) {
            size += chunk.length;
        }
        return size;
    }
}
