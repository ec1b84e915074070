package io.tidemark.changelog;

/** Compression of segment payloads, behind a port so that this room needs no library. */
public interface SegmentCompression {

    /** Stored with each segment; 0 is reserved for "not compressed". */
    byte code();

    /** Packs the first {@code length} bytes. */
    byte[] compress(byte[] plain, int length);

    /**
     * @param plainLength exact length of the result, already checked against a bound by the caller
     * @throws IllegalArgumentException when the bytes do not decompress to that length
     */
    byte[] decompress(byte[] compressed, int plainLength);
}
