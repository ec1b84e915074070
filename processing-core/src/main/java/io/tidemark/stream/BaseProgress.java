package io.tidemark.stream;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How far the rolling base of one changelog partition is. It rides in every delta and with the position of the store, so that whoever takes
 * the task over goes on where the committed checkpoint was; what is unknown is begun anew, which is always safe.
 *
 * @param logBytes bytes of the changelog since the base, about
 * @param baseBytes bytes of the slices the base is made of, about; 0 as long as the base is the beginning of the log
 * @param round the round under way, or {@code null}
 */
public record BaseProgress(
        long logBytes, long baseBytes, @Nullable Round round) {

    /** At the beginning of a log. */
    public static final BaseProgress NONE = new BaseProgress(0, 0, null);

    /** So much that the next round is due at once. */
    private static final long OVERDUE = Long.MAX_VALUE / 4;

    /** The log has lost its base: only a new one makes it whole. */
    public static BaseProgress lost() {
        return new BaseProgress(OVERDUE, 0, null);
    }

    /** Whether the log has no base until the next round is over. */
    public boolean isLost() {
        return logBytes >= OVERDUE;
    }

    /**
     * A round: slice after slice of the rows up to {@code end}.
     *
     * @param start changelog offset of its first slice, or {@link #OPENING} in the checkpoint that holds it
     * @param cursor the last row its slices have passed; empty before the first
     * @param end the largest row when it began; later ones come with their deltas
     * @param sliceBytes bytes of its slices
     * @param logBytes bytes of the log since its start
     */
    public record Round(long start, byte[] cursor, byte[] end, long sliceBytes, long logBytes) {

        /** The offset is known only once the broker has acknowledged the slice. */
        public static final long OPENING = -1;

        /** The same, its start known. */
        public Round startedAt(long offset) {
            return start == OPENING ? new Round(offset, cursor, end, sliceBytes, logBytes) : this;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Round that
                    && start == that.start
                    && Arrays.equals(cursor, that.cursor)
                    && Arrays.equals(end, that.end)
                    && sliceBytes == that.sliceBytes
                    && logBytes == that.logBytes;
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(
                    new long[] {start, Arrays.hashCode(cursor), Arrays.hashCode(end), sliceBytes, logBytes});
        }

        /** Lengths only: rows hold keys. */
        @Override
        public String toString() {
            return "round from " + start + ", " + sliceBytes + " bytes of slices";
        }
    }

    /** The same, with the start of its round known. */
    public BaseProgress startedAt(long offset) {
        return round == null || round.start() != Round.OPENING
                ? this
                : new BaseProgress(logBytes, baseBytes, round.startedAt(offset));
    }

    /** The same after more bytes in the log. */
    public BaseProgress plus(long bytes) {
        return new BaseProgress(
                logBytes + bytes,
                baseBytes,
                round == null
                        ? null
                        : new Round(
                                round.start(),
                                round.cursor(),
                                round.end(),
                                round.sliceBytes(),
                                round.logBytes() + bytes));
    }
}
