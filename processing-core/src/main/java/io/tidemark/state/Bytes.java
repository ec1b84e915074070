package io.tidemark.state;

import java.util.Arrays;

/** A byte string with its hash, so that a key is hashed once however many states it is looked up in. */
public final class Bytes implements Comparable<Bytes> {

    private final byte[] array;
    private final int hash;

    private Bytes(byte[] array, int hash) {
        this.array = array;
        this.hash = hash;
    }

    /** Wraps without copying: the array must not change any more. */
    public static Bytes of(byte[] array) {
        return new Bytes(array, KeyTable.hash(array));
    }

    /** The same with its hash, which was computed before. */
    static Bytes of(byte[] array, int hash) {
        return new Bytes(array, hash);
    }

    /** The bytes themselves, not to be changed. */
    public byte[] array() {
        return array;
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(array, other.array);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Bytes that && hash == that.hash && Arrays.equals(array, that.array));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Length only: keys and values never appear in logs. */
    @Override
    public String toString() {
        return array.length + " bytes";
    }
}
