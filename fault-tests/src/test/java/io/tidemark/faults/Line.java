package io.tidemark.faults;

import java.util.List;
import java.util.SplittableRandom;

/**
 * What the ledger says after each flight. All of it follows from the flights of one origin so far, so anybody can recompute it.
 *
 * @param count flights so far
 * @param xor of their nonces
 * @param sequence of the last one
 * @param toDestination flights to its destination so far
 * @param recent nonces since the list was last cleared
 * @param intact whether the stored ballast was what had been put there
 * @param audit digest of all destinations, when asked for
 */
record Line(long count, long xor, long sequence, long toDestination, List<Long> recent, boolean intact, Long audit) {

    /** After so many nonces the list is cleared. */
    static final int RECENT = 16;

    /** Bytes that do not compress; of a few origins so many that their delta is sent in several chunks. */
    static byte[] ballast(String origin, long seed) {
        byte[] bytes = new byte[origin.hashCode() % 16 == 0 ? 70_000 : 200];
        SplittableRandom random = new SplittableRandom(seed);
        random.nextBytes(bytes);
        return bytes;
    }

    /** Order does not matter, so it can be summed up over a walk. */
    static long digest(String destination, long count) {
        return new SplittableRandom(destination.hashCode() * 31L + count).nextLong();
    }
}
