package io.tidemark.codec;

import io.tidemark.changelog.SegmentCompression;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** LZ4 blocks. Thread-safe. */
public final class Lz4Compression implements SegmentCompression {

    private static final byte CODE = 1;

    private final LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
    private final LZ4SafeDecompressor decompressor =
            LZ4Factory.fastestInstance().safeDecompressor();

    @Override
    public byte code() {
        return CODE;
    }

    @Override
    public byte[] compress(byte[] plain, int length) {
        byte[] room = new byte[compressor.maxCompressedLength(length)];
        return Arrays.copyOf(room, compressor.compress(plain, 0, length, room, 0, room.length));
    }

    @Override
    public byte[] decompress(byte[] compressed, int plainLength) {
        byte[] plain = new byte[plainLength];
        try {
            int length = decompressor.decompress(compressed, 0, compressed.length, plain, 0, plainLength);
            if (length != plainLength) {
                throw new IllegalArgumentException("Expected " + plainLength + " plain bytes, found " + length);
            }
            return plain;
        } catch (LZ4Exception e) {
            throw new IllegalArgumentException("Not an LZ4 block of " + plainLength + " plain bytes", e);
        }
    }
}
