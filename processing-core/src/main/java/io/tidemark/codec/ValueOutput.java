package io.tidemark.codec;

import io.tidemark.api.UnstorableValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of a value that is being written. */
final class ValueOutput {

    /** Levels of objects inside each other. A cycle is deeper than any bound; the stack of a worker is not. */
    static final int MOST_LEVELS = 500;

    /** Most bytes of a whole number. */
    static final int MOST_VARINT = 10;

    private static final int MOST_BYTES = 128 << 20;
    private static final int MOST_GUESSED = 256;

    private byte[] bytes;
    private int at;
    private int level;
    private boolean unordered;

    ValueOutput(int guess) {
        this.bytes = new byte[Math.min(guess, MOST_GUESSED)];
    }

    int position() {
        return at;
    }

    /** Forgets what was written since then. */
    void backTo(int position) {
        at = position;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, at);
    }

    /** Goes one object deeper. */
    void enter() {
        if (++level > MOST_LEVELS) {
            throw new UnstorableValue("it is nested deeper than " + MOST_LEVELS + " levels; does it contain itself?");
        }
    }

    void leave() {
        level--;
    }

    /** Something was written whose order of iteration is not part of its value. */
    void sawUnordered() {
        unordered = true;
    }

    boolean isUnordered() {
        return unordered;
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

    void writeLong(long number) {
        writeBigEndian(number, Long.BYTES);
    }

    /**
     * @throws UnstorableValue when the text holds half a surrogate pair, which UTF-8 cannot keep
     */
    void writeText(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        if (isBroken(text, encoded)) {
            throw new UnstorableValue("a text holds half a surrogate pair, so it is no Unicode");
        }
        writeBytes(encoded);
    }

    void writeBytes(byte[] raw) {
        writeUnsigned(raw.length);
        write(raw);
    }

    /** Seven bits a byte, the lowest first. */
    void writeUnsigned(long number) {
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
            grow(more);
        }
    }

    private void grow(int more) {
        if (at + (long) more > MOST_BYTES) {
            throw new UnstorableValue("it takes more than " + (MOST_BYTES >> 20) + " MB");
        }
        bytes = Arrays.copyOf(bytes, Math.max((int) Math.min(2L * bytes.length, MOST_BYTES), at + more));
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
