package io.tidemark.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of a record that is being written. */
final class RecordOutput {

    private static final int MOST_VARINT = 10;

    private byte[] bytes;
    private int at;

    RecordOutput(int guess) {
        this.bytes = new byte[guess];
    }

    void startAgain() {
        at = 0;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, at);
    }

    void write(int single) {
        makeRoom(1);
        bytes[at++] = (byte) single;
    }

    void write(byte[] raw) {
        makeRoom(raw.length);
        System.arraycopy(raw, 0, bytes, at, raw.length);
        at += raw.length;
    }

    /** Zigzag: numbers near zero are short, negative ones too. */
    void writeWhole(long number) {
        writeUnsigned((number << 1) ^ (number >> (Long.SIZE - 1)));
    }

    void writeDouble(double number) {
        writeBigEndian(Double.doubleToRawLongBits(number), Long.BYTES);
    }

    void writeFloat(float number) {
        writeBigEndian(Float.floatToRawIntBits(number), Integer.BYTES);
    }

    /**
     * @throws IllegalArgumentException when the text holds half a surrogate pair, which no encoding can keep
     */
    void writeText(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        if (isBroken(text, encoded)) {
            throw new IllegalArgumentException("A text holds half a surrogate pair");
        }
        writeBytes(encoded);
    }

    void writeBytes(byte[] raw) {
        writeUnsigned(raw.length);
        write(raw);
    }

    private void writeUnsigned(long number) {
        makeRoom(MOST_VARINT);
        long left = number;
        while ((left & ~0x7FL) != 0) {
            bytes[at++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[at++] = (byte) left;
    }

    private void writeBigEndian(long number, int size) {
        makeRoom(size);
        for (int i = size - 1; i >= 0; i--) {
            bytes[at++] = (byte) (number >>> (i * Byte.SIZE));
        }
    }

    private void makeRoom(int more) {
        if (bytes.length - at < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + more));
        }
    }

    /** A replaced half is one byte, a whole pair four: only where they are counted together may they hide each other. */
    private static boolean isBroken(String text, byte[] encoded) {
        if (encoded.length == text.length()) {
            return text.chars().anyMatch(c -> c > 0x7F);
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return !new String(encoded, StandardCharsets.UTF_8).equals(text);
            }
        }
        return false;
    }
}
