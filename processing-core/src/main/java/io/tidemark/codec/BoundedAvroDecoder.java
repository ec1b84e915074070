package io.tidemark.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** Avro's binary format (specification 1.12, "Binary Encoding"), with every length checked against what is there before anything is made for it. */
final class BoundedAvroDecoder extends Decoder {

    private final ValueInput in;

    BoundedAvroDecoder(ValueInput in) {
        this.in = in;
    }

    @Override
    public void readNull() {}

    @Override
    public boolean readBoolean() {
        return in.readBoolean();
    }

    @Override
    public int readInt() {
        return in.readInt();
    }

    @Override
    public long readLong() {
        return in.readWhole();
    }

    @Override
    public float readFloat() {
        return ByteBuffer.wrap(in.readBytes(Float.BYTES))
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getFloat();
    }

    @Override
    public double readDouble() {
        return ByteBuffer.wrap(in.readBytes(Double.BYTES))
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getDouble();
    }

    @Override
    public Utf8 readString(@Nullable Utf8 old) {
        return new Utf8(in.readBytes(length()));
    }

    @Override
    public String readString() {
        return new String(in.readBytes(length()), StandardCharsets.UTF_8);
    }

    @Override
    public void skipString() {
        in.skip(length());
    }

    @Override
    public ByteBuffer readBytes(@Nullable ByteBuffer old) {
        return ByteBuffer.wrap(in.readBytes(length()));
    }

    @Override
    public void skipBytes() {
        in.skip(length());
    }

    @Override
    public void readFixed(byte[] bytes, int start, int length) {
        System.arraycopy(in.readBytes(length), 0, bytes, start, length);
    }

    @Override
    public void skipFixed(int length) {
        in.skip(length);
    }

    @Override
    public int readEnum() {
        return in.readInt();
    }

    @Override
    public long readArrayStart() {
        return block();
    }

    @Override
    public long arrayNext() {
        return block();
    }

    @Override
    public long skipArray() throws IOException {
        return skipBlocks();
    }

    @Override
    public long readMapStart() {
        return block();
    }

    @Override
    public long mapNext() {
        return block();
    }

    @Override
    public long skipMap() throws IOException {
        return skipBlocks();
    }

    @Override
    public int readIndex() {
        return in.readInt();
    }

    private int length() {
        return in.count(in.readWhole(), 1);
    }

    /** Items of the next block; a negative count is followed by the bytes of the block. */
    private long block() {
        long count = in.readWhole();
        if (count < 0) {
            in.readWhole();
            count = Math.negateExact(count);
        }
        return in.count(count, 1);
    }

    /** Blocks that say how long they are; the caller skips the items of one that does not. */
    private long skipBlocks() {
        long count = in.readWhole();
        while (count < 0) {
            in.skip(length());
            count = in.readWhole();
        }
        return in.count(count, 1);
    }
}
