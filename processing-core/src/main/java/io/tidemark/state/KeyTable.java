package io.tidemark.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The cells of one state by key: open addressing with linear probing, with the hashes in an array of their own, so that a look-up among
 * millions of keys touches as little memory as may be. Confined to the task's thread.
 *
 * @param <C> type of the cells
 */
final class KeyTable<C extends KeyTable.Keyed> {

    private static final int SMALLEST = 16;

    /** Longer runs are rare. */
    private static final int FEW = 4;

    /** Another one in each process: nobody outside can choose keys that fall together. Nothing that is stored depends on it. */
    private static final long SEED = new SecureRandom().nextLong();

    /** Odd, with bits all over: each byte of a key reaches the upper half of the product. */
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private int[] hashes = new int[SMALLEST];
    private @Nullable Keyed[] cells = new Keyed[SMALLEST];
    private int shift = Integer.SIZE - Integer.numberOfTrailingZeros(SMALLEST);
    private int size;
    /** Where the next removal begins: the first hash of its place, which stays right when the table grows. */
    private int hand;

    private int[] slots = new int[0];

    /** Written, so that looking is not left out as useless. */
    @SuppressWarnings("UnusedVariable")
    private int seen;

    /** Something under a key. */
    interface Keyed {

        /** The key, not to be changed. */
        byte[] key();
    }

    /** Hash of a key, to be given with it. */
    static int hash(byte[] key) {
        long hash = SEED ^ (key.length * MIX);
        int at = 0;
        for (; at <= key.length - Long.BYTES; at += Long.BYTES) {
            hash = mixed(hash ^ (long) LONGS.get(key, at));
        }
        long rest = 0;
        for (; at < key.length; at++) {
            rest = (rest << Byte.SIZE) | (key[at] & 0xFF);
        }
        return (int) (mixed(hash ^ rest) >>> Integer.SIZE);
    }

    private static long mixed(long bits) {
        long product = bits * MIX;
        return (product ^ (product >>> 32)) * MIX;
    }

    int size() {
        return size;
    }

    /** The cell of a key, or {@code null}. */
    @Nullable
    C get(byte[] key, int hash) {
        int mask = hashes.length - 1;
        for (int at = hash >>> shift; ; at = (at + 1) & mask) {
            Keyed cell = cells[at];
            if (cell == null) {
                return null;
            }
            if (hashes[at] == hash && Arrays.equals(cell.key(), key)) {
                return cast(cell);
            }
        }
    }

    /**
     * The cells of some keys, {@code null} where there is none, most of the time: nothing but hashes is compared. In steps, none of which
     * waits for what another key's step finds, so that memory is asked for all of them at once.
     */
    void getAbout(byte[][] keys, int count, @Nullable Keyed[] found) {
        int mask = hashes.length - 1;
        int[] slots = this.slots.length < count ? new int[count] : this.slots;
        int seen = 0;
        for (int i = 0; i < count; i++) {
            int hash = hash(keys[i]);
            slots[i] = hash;
            seen += hashes[hash >>> shift];
        }
        for (int i = 0; i < count; i++) {
            int hash = slots[i];
            int at = hash >>> shift;
            for (int probes = 0; hashes[at] != hash && probes < FEW; probes++) {
                at = (at + 1) & mask;
            }
            found[i] = cells[at];
        }
        this.slots = slots;
        this.seen = seen;
    }

    /** Adds the cell of a key that has none. */
    void add(C cell, int hash) {
        if (2 * (size + 1) > hashes.length) {
            grow();
        }
        insert(cell, hash);
        size++;
    }

    void remove(byte[] key, int hash) {
        int mask = hashes.length - 1;
        for (int at = hash >>> shift; cells[at] != null; at = (at + 1) & mask) {
            Keyed cell = cells[at];
            if (cell != null && hashes[at] == hash && Arrays.equals(cell.key(), key)) {
                empty(at);
                return;
            }
        }
    }

    /**
     * Removes cells that {@code go}, for as long as there is a reason to go {@code on}. Begins where the last call ended, so that not the
     * same ones are asked first each time, and asks each at most once.
     */
    void removeIf(Predicate<? super C> goes, BooleanSupplier on) {
        boolean[] gone = new boolean[cells.length];
        boolean any = false;
        int mask = cells.length - 1;
        int first = hand >>> shift;
        for (int i = 0; i < cells.length && on.getAsBoolean(); i++) {
            int at = (first + i) & mask;
            hand = ((at + 1) & mask) << shift;
            Keyed cell = cells[at];
            if (cell != null && goes.test(cast(cell))) {
                gone[at] = true;
                any = true;
                size--;
            }
        }
        if (any) {
            rebuild(capacityFor(size), gone);
        }
    }

    private void grow() {
        rebuild(2 * hashes.length, new boolean[cells.length]);
    }

    private void rebuild(int capacity, boolean[] without) {
        int[] oldHashes = hashes;
        @Nullable Keyed[] oldCells = cells;
        hashes = new int[capacity];
        cells = new Keyed[capacity];
        shift = Integer.SIZE - Integer.numberOfTrailingZeros(capacity);
        for (int at = 0; at < oldCells.length; at++) {
            Keyed cell = oldCells[at];
            if (cell != null && !without[at]) {
                insert(cell, oldHashes[at]);
            }
        }
    }

    private static int capacityFor(int size) {
        return Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, size)) * 4);
    }

    private void insert(Keyed cell, int hash) {
        int mask = hashes.length - 1;
        int at = hash >>> shift;
        while (cells[at] != null) {
            at = (at + 1) & mask;
        }
        hashes[at] = hash;
        cells[at] = cell;
    }

    /** Closes the gap: a later cell of the same run moves up unless it would come before its own place. */
    private void empty(int removed) {
        int mask = hashes.length - 1;
        int gap = removed;
        for (int at = (gap + 1) & mask; cells[at] != null; at = (at + 1) & mask) {
            int home = hashes[at] >>> shift;
            if (((at - home) & mask) >= ((at - gap) & mask)) {
                hashes[gap] = hashes[at];
                cells[gap] = cells[at];
                gap = at;
            }
        }
        cells[gap] = null;
        size--;
    }

    @SuppressWarnings("unchecked") // only cells of that type are ever added
    private C cast(Keyed cell) {
        return (C) cell;
    }
}
