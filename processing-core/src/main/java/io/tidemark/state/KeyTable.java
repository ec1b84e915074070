package io.tidemark.state;

import java.util.Arrays;
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

    /** 2 to the 32 over the golden ratio, odd: spreads hashes that differ in a few bits only. */
    private static final int SPREAD = 0x9E3779B9;

    private int[] hashes = new int[SMALLEST];
    private @Nullable Keyed[] cells = new Keyed[SMALLEST];
    private int shift = Integer.SIZE - Integer.numberOfTrailingZeros(SMALLEST);
    private int size;

    /** Something under a key. */
    interface Keyed {

        /** The key, not to be changed. */
        byte[] key();
    }

    /** Hash of a key, to be given with it. */
    static int hash(byte[] key) {
        return Arrays.hashCode(key) * SPREAD;
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

    /** Removes every cell that {@code goes}; it is asked once for each. */
    void removeIf(Predicate<? super C> goes) {
        boolean[] gone = new boolean[cells.length];
        boolean any = false;
        for (int at = 0; at < cells.length; at++) {
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
