package io.tidemark.changelog;

import io.tidemark.stream.DeltaHash;

/**
 * One chunk, decoded and checked on its own.
 *
 * @param header header of the segment
 * @param index its number, from 0
 * @param count chunks of the segment
 * @param compression code of the compression
 * @param plainLength length of the payload once decompressed
 * @param packedLength length of all chunks' data together
 * @param hash hash of the segment
 * @param data this chunk's part of the packed payload
 */
record Chunk(
        SegmentHeader header,
        int index,
        int count,
        byte compression,
        int plainLength,
        int packedLength,
        DeltaHash hash,
        byte[] data) {

    boolean continues(Chunk previous) {
        return index == previous.index + 1
                && count == previous.count
                && hash.equals(previous.hash)
                && header.id().equals(previous.header.id())
                && header.kind() == previous.header.kind();
    }
}
