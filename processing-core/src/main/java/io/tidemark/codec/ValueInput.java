package io.tidemark.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of a value that is being read. Every length is checked against what is there before anything is allocated for it. */
final class ValueInput {

    private final byte[] bytes;
    private int at;
    private int level;
    private long claimed;

    ValueInput(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Goes one object deeper. */
    void enter() {
        if (++level > ValueOutput.MOST_LEVELS) {
            throw new IllegalArgumentException("Nested deeper than " + ValueOutput.MOST_LEVELS + " levels");
        }
    }

    void leave() {
        level--;
    }

    byte read() {
        requireLeft(1);
        return bytes[at++];
    }

    byte[] readBytes(int length) {
        requireLeft(length);
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    byte[] readRest() {
        return readBytes(bytes.length - at);
    }

    byte[] readSized() {
        return readBytes(length());
    }

    String readText() {
        int length = length();
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    long readWhole() {
        long zigzag = readUnsigned();
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }

    double readDouble() {
        return Double.longBitsToDouble(readBigEndian(Long.BYTES));
    }

    float readFloat() {
        return Float.intBitsToFloat((int) readBigEndian(Integer.BYTES));
    }

    boolean readBoolean() {
        byte value = read();
        if (value < 0 || value > 1) {
            throw new IllegalArgumentException("Neither true nor false");
        }
        return value == 1;
    }

    long readLong() {
        return readBigEndian(Long.BYTES);
    }

    int readInt() {
        return Math.toIntExact(readWhole());
    }

    int readSmall() {
        return Math.toIntExact(readUnsigned());
    }

    void skip(int length) {
        requireLeft(length);
        at += length;
    }

    /**
     * So many elements are about to be read. Each takes a byte, or a bit when it is null: all of a value together cannot be more than there are
     * bits, however deeply they are nested.
     */
    void claim(int elements) {
        claimed += elements;
        if (claimed > (long) Byte.SIZE * bytes.length) {
            throw new IllegalArgumentException(claimed + " elements in " + bytes.length + " bytes");
        }
    }

    /** A number of things that each take at least {@code least} bytes. */
    int count(long number, int least) {
        if (number < 0 || number > (bytes.length - at) / least) {
            throw new IllegalArgumentException(number + " elements where " + (bytes.length - at) + " bytes are left");
        }
        return (int) number;
    }

    int left() {
        return bytes.length - at;
    }

    void requireEnd() {
        if (at != bytes.length) {
            throw new IllegalArgumentException((bytes.length - at) + " bytes follow the value");
        }
    }

    private int length() {
        long length = readUnsigned();
        if (length < 0 || length > bytes.length - at) {
            throw new IllegalArgumentException(
                    "Length " + length + " where " + (bytes.length - at) + " bytes are left");
        }
        return (int) length;
    }

    long readUnsigned() {
        long number = 0;
        for (int i = 0; i < ValueOutput.MOST_VARINT; i++) {
            byte next = read();
            number |= (long) (next & 0x7F) << (7 * i);
            if (next >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException("A number of more than " + ValueOutput.MOST_VARINT + " bytes");
    }

    private long readBigEndian(int size) {
        requireLeft(size);
        long number = 0;
        for (int i = 0; i < size; i++) {
            number = (number << Byte.SIZE) | (bytes[at++] & 0xFF);
        }
        return number;
    }

    private void requireLeft(int length) {
        if (length > bytes.length - at) {
            throw new IllegalArgumentException(length + " bytes wanted where " + (bytes.length - at) + " are left");
        }
    }
}
