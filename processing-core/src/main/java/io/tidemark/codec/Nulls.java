package io.tidemark.codec;

/** Which of several things are null: a bit for each, the lowest first, and no bytes at all when none is. */
record Nulls(byte[] bits) {

    private static final Nulls NONE = new Nulls(new byte[0]);

    /**
     * @param any whether bits were written
     */
    static Nulls read(ValueInput in, boolean any, int count) {
        return any ? new Nulls(in.readBytes(bytesFor(count))) : NONE;
    }

    static Nulls none() {
        return NONE;
    }

    static int bytesFor(int count) {
        return (count + Byte.SIZE - 1) / Byte.SIZE;
    }

    static void set(byte[] bits, int index) {
        bits[index / Byte.SIZE] |= (byte) (1 << (index % Byte.SIZE));
    }

    boolean isSet(int index) {
        return bits.length > 0 && (bits[index / Byte.SIZE] & (1 << (index % Byte.SIZE))) != 0;
    }
}
