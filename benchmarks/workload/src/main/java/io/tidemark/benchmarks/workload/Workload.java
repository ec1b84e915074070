package io.tidemark.benchmarks.workload;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Which keys come how often.
 *
 * @param name its name on the command line and in results
 * @param firstKeys keys that may come from the start
 * @param lastKeys keys that may come at the end; each new one comes once when its turn has come, evenly over the records
 * @param skewed whether the n-th key comes 1/n as often as the first, instead of all equally often
 */
public record Workload(String name, int firstKeys, int lastKeys, boolean skewed) {

    /** Bytes of an order. */
    private static final int ORDER_BYTES = 100;

    private static final int NOTE_BYTES = ORDER_BYTES - Long.BYTES - Integer.BYTES;
    private static final long SEED = 20010101;
    private static final int DIGITS = 8;

    public static Workload of(String name) {
        return switch (name) {
            case "skewed" -> new Workload(name, 100_000, 100_000, true);
            case "uniform" -> new Workload(name, 1_000_000, 1_000_000, false);
            case "growing" -> new Workload(name, 1_000_000, 10_000_000, false);
            default -> throw new IllegalArgumentException("No workload is called " + name);
        };
    }

    /** So many keys, each of them once in the first records, then all equally often. */
    public static Workload sized(int keys) {
        return new Workload("sized-" + keys, 0, keys, false);
    }

    /** Whether keys come that were not there at the start. */
    public boolean grows() {
        return firstKeys < lastKeys;
    }

    /** The records in order. */
    public Stream records(long count) {
        return new Stream(count);
    }

    /** Key of that number as it is sent. */
    public static byte[] key(int number) {
        byte[] key = new byte[DIGITS + 1];
        key[0] = 'k';
        for (int i = DIGITS, rest = number; i > 0; i--, rest /= 10) {
            key[i] = (byte) ('0' + rest % 10);
        }
        return key;
    }

    /** Number of a key that was sent. */
    public static int number(byte[] key) {
        if (key.length != DIGITS + 1 || key[0] != 'k') {
            throw new IllegalArgumentException("No key of a workload has " + key.length + " bytes");
        }
        return Integer.parseInt(new String(key, 1, DIGITS, StandardCharsets.US_ASCII));
    }

    /** Amount of the n-th order of a key, counted from 1. */
    public static int amount(int key, long ordinal) {
        long mixed = (key * 0x9E3779B97F4A7C15L + ordinal) * 0xBF58476D1CE4E5B9L;
        return (int) (mixed >>> 48) & 0x7FFF;
    }

    /** A walk over the records of a workload; the same each time. */
    public final class Stream {

        private final long count;
        private final SplittableRandom random = new SplittableRandom(SEED);
        private final int[] ordinals = new int[lastKeys];
        private final String note = "n".repeat(NOTE_BYTES);
        private final double logKeys = Math.log(firstKeys + 1.0);
        private final long growing;
        private long next;
        private int keys = firstKeys;
        private int key;

        private Stream(long count) {
            this.count = count;
            // those that start with none bring one with each record
            this.growing = firstKeys == 0 ? lastKeys : count;
        }

        /** Moves to the next record; {@code false} when there is none. */
        public boolean advance() {
            if (next == count) {
                return false;
            }
            next++;
            int due = firstKeys + (int) (Math.min(next, growing) * (lastKeys - firstKeys) / growing);
            if (keys < due) {
                key = keys++;
            } else if (skewed) {
                // a density of 1/x has a logarithm as its integral; the first keys of that are spread over all numbers
                key = scatter((int) Math.exp(random.nextDouble() * logKeys) - 1);
            } else {
                key = random.nextInt(keys);
            }
            ordinals[key]++;
            return true;
        }

        public int key() {
            return key;
        }

        public Order order(long time) {
            return new Order(time, amount(key, ordinals[key]), note);
        }

        private int scatter(int rank) {
            return (int) ((rank * 48_271L) % firstKeys);
        }
    }
}
