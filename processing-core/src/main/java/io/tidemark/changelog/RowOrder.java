package io.tidemark.changelog;

import io.tidemark.state.RowKey;
import io.tidemark.state.StateChange;
import java.util.Arrays;
import java.util.List;

/**
 * An order of changes in which neighbours share much of their rows: by state, then by as many bits of the key as fit into a number beside
 * the place of the change. Good for size only: whether rows are really in order does not matter to anybody. Changes of one row keep their
 * order, since all their bits are the same.
 */
final class RowOrder {

    private static final int STATE_BITS = 8;

    private RowOrder() {}

    /** The places of the changes in that order; in the given one where a prefix is deleted, since what follows may be below it. */
    static int[] of(List<StateChange> changes) {
        int count = changes.size();
        int[] places = new int[count];
        if (count < 3 || changes.stream().anyMatch(change -> change.kind() == StateChange.Kind.DELETE_PREFIX)) {
            Arrays.setAll(places, place -> place);
            return places;
        }
        int common = commonToAllKeys(changes);
        int placeBits = Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            byte[] row = changes.get(i).row();
            int head = RowKey.statePrefixLength(row);
            // one bit stays free: numbers are compared with their sign
            long key = eightBytes(row, head + common) >>> (1 + STATE_BITS + placeBits) << placeBits;
            numbers[i] = ((long) state(row, head) << (Long.SIZE - 1 - STATE_BITS)) | key | i;
        }
        Arrays.sort(numbers);
        long mask = (1L << placeBits) - 1;
        for (int i = 0; i < count; i++) {
            places[i] = (int) (numbers[i] & mask);
        }
        return places;
    }

    /** How many bytes behind its state's name each row has in common with the first. */
    private static int commonToAllKeys(List<StateChange> changes) {
        byte[] first = changes.get(0).row();
        int from = RowKey.statePrefixLength(first);
        int common = first.length - from;
        for (int i = 1; i < changes.size() && common > 0; i++) {
            byte[] row = changes.get(i).row();
            int at = RowKey.statePrefixLength(row);
            int most = Math.min(common, row.length - at);
            int mismatch = Arrays.mismatch(first, from, from + most, row, at, at + most);
            common = mismatch < 0 ? most : mismatch;
        }
        return common;
    }

    private static int state(byte[] row, int head) {
        return head == 0 ? 0 : (31 * (31 * row[0] + head) + row[head - 1]) & 0xFF;
    }

    private static long eightBytes(byte[] row, int from) {
        long number = 0;
        for (int i = from; i < from + Long.BYTES; i++) {
            number = (number << Byte.SIZE) | (i < row.length ? row[i] & 0xFF : 0);
        }
        return number;
    }
}
