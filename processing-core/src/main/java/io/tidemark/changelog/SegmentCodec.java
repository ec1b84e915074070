package io.tidemark.changelog;

import io.tidemark.error.StateCorrupted;
import io.tidemark.state.StateChange;
import io.tidemark.stream.DeltaHash;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Segments to record values and back.
 *
 * <p>A chunk: {@code format (1) | compression (1) | chunk index (4) | chunk count (4) | plain length (4) | packed length (4) | hash (16) |
 * header length (4) | header | data length (4) | data | CRC32C of everything before (4)}. The payload is that of {@link ChangesCodec}.
 * Numbers are big endian. Every length read is checked against what is there before anything is allocated for it.
 */
public final class SegmentCodec {

    private static final byte FORMAT = 3;
    private static final byte PLAIN = 0;
    private static final int FIXED = 1 + 1 + 4 + 4 + 4 + 4 + DeltaHash.LENGTH + 4 + 4 + 4;
    private static final int MIN_COMPRESSED = 128;
    /** LZ4 cannot expand by more; a block that claims to is hostile or broken. */
    private static final int MAX_RATIO = 255;

    private final SegmentCompression compression;
    private final int maxChunkBytes;
    private final int maxPlainBytes;

    /**
     * @param compression how payloads are packed
     * @param maxChunkBytes largest record value to produce
     * @param maxPlainBytes most that the changes of a payload may stand for, written or read, which bounds the payload too
     */
    public SegmentCodec(SegmentCompression compression, int maxChunkBytes, int maxPlainBytes) {
        if (maxChunkBytes < 1024) {
            throw new IllegalArgumentException("Chunks of " + maxChunkBytes + " bytes have no room for their header");
        }
        this.compression = compression;
        this.maxChunkBytes = maxChunkBytes;
        this.maxPlainBytes = maxPlainBytes;
    }

    public EncodedSegment encode(SegmentHeader header, List<StateChange> changes) {
        byte[] head = SegmentHeaderCodec.encode(header);
        ChangesCodec.Plain payload = ChangesCodec.encode(changes, maxPlainBytes);
        byte[] plain = payload.bytes();
        DeltaHash hash = DeltaHash.of(head, plain, payload.length());
        boolean pack = payload.length() >= MIN_COMPRESSED;
        byte[] packed = pack ? compression.compress(plain, payload.length()) : Arrays.copyOf(plain, payload.length());
        int room = maxChunkBytes - FIXED - head.length;
        if (room < 64) {
            throw new IllegalArgumentException("A segment header of " + head.length
                    + " bytes leaves no room in chunks of " + maxChunkBytes + " bytes");
        }
        int count = Math.max(1, (packed.length + room - 1) / room);
        List<byte[]> chunks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int from = i * room;
            int length = Math.min(room, packed.length - from);
            ByteBuffer out = ByteBuffer.allocate(FIXED + head.length + length)
                    .put(FORMAT)
                    .put(pack ? compression.code() : PLAIN)
                    .putInt(i)
                    .putInt(count)
                    .putInt(payload.length())
                    .putInt(packed.length)
                    .put(hash.bytes())
                    .putInt(head.length)
                    .put(head)
                    .putInt(length)
                    .put(packed, from, length);
            chunks.add(out.putInt(crc(out.array(), out.position())).array());
        }
        return new EncodedSegment(chunks, hash);
    }

    /**
     * @throws StateCorrupted when the bytes are not a whole chunk this version reads
     */
    Chunk chunk(byte[] bytes) {
        try {
            return readChunk(bytes);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new StateCorrupted(
                    "A changelog record of " + bytes.length + " bytes is no chunk: " + e.getMessage(), e);
        }
    }

    /** Header of the segment a record belongs to, without its payload. */
    public SegmentHeader header(byte[] record) {
        return chunk(record).header();
    }

    /**
     * @throws StateCorrupted when the payload is not what the hash says
     */
    Segment segment(Chunk first, byte[] packed) {
        try {
            byte[] plain = plain(first, packed);
            if (!DeltaHash.of(SegmentHeaderCodec.encode(first.header()), plain, plain.length)
                    .equals(first.hash())) {
                throw new IllegalArgumentException("its hash does not hold");
            }
            return new Segment(
                    first.header(), ChangesCodec.decode(ByteBuffer.wrap(plain), maxPlainBytes), first.hash());
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new StateCorrupted(
                    "The segment of checkpoint " + first.header().id() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Chunk readChunk(byte[] bytes) {
        if (bytes.length < FIXED) {
            throw new IllegalArgumentException("shorter than any chunk");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int end = bytes.length - Integer.BYTES;
        if (in.getInt(end) != crc(bytes, end)) {
            throw new IllegalArgumentException("checksum does not hold");
        }
        in.limit(end);
        byte format = in.get();
        if (format != FORMAT) {
            throw new IllegalArgumentException("format " + format + " is not known to this version");
        }
        byte packing = in.get();
        int index = in.getInt();
        int count = in.getInt();
        int plainLength = in.getInt();
        int packedLength = in.getInt();
        if (index < 0
                || index >= count
                || plainLength < 0
                || plainLength > maxPlainBytes
                || packedLength < 0
                || plainLength > (long) packedLength * MAX_RATIO + MIN_COMPRESSED
                || count > packedLength + 1) {
            throw new IllegalArgumentException("impossible lengths");
        }
        byte[] hash = new byte[DeltaHash.LENGTH];
        in.get(hash);
        ByteBuffer head = part(in, in.getInt());
        SegmentHeader header = SegmentHeaderCodec.decode(head);
        if (head.hasRemaining()) {
            throw new IllegalArgumentException("header is longer than its content");
        }
        ByteBuffer data = part(in, in.getInt());
        if (in.hasRemaining() || data.remaining() > packedLength) {
            throw new IllegalArgumentException("data length does not fit");
        }
        byte[] copy = new byte[data.remaining()];
        data.get(copy);
        return new Chunk(header, index, count, packing, plainLength, packedLength, new DeltaHash(hash), copy);
    }

    private byte[] plain(Chunk first, byte[] packed) {
        if (first.compression() == PLAIN) {
            if (packed.length != first.plainLength()) {
                throw new IllegalArgumentException("plain length does not fit");
            }
            return packed;
        }
        if (first.compression() != compression.code()) {
            throw new IllegalArgumentException("compression " + first.compression() + " is not known to this version");
        }
        return compression.decompress(packed, first.plainLength());
    }

    private static ByteBuffer part(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("length " + length + " where " + in.remaining() + " bytes are left");
        }
        ByteBuffer part = in.slice(in.position(), length);
        in.position(in.position() + length);
        return part;
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
