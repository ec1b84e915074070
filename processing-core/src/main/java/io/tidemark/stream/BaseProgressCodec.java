package io.tidemark.stream;

import io.tidemark.stream.BaseProgress.Round;
import java.nio.ByteBuffer;

/**
 * Bytes of a {@link BaseProgress}: {@code log bytes (8) | base bytes (8) | round? (1)}, and of a round {@code start (8) | slice bytes (8) |
 * log bytes (8) | cursor length (2) | cursor | end length (2) | end}. Reading is bounded by the buffer it is given.
 */
public final class BaseProgressCodec {

    /** Rows longer than that are no place to stop at. */
    public static final int MAX_ROW = 4096;

    private static final int FIXED = 8 + 8 + 1;
    private static final int ROUND = 8 + 8 + 8 + 2 + 2;

    private BaseProgressCodec() {}

    public static int size(BaseProgress progress) {
        Round round = progress.round();
        return round == null ? FIXED : FIXED + ROUND + round.cursor().length + round.end().length;
    }

    public static void put(ByteBuffer out, BaseProgress progress) {
        Round round = progress.round();
        out.putLong(progress.logBytes()).putLong(progress.baseBytes()).put((byte) (round == null ? 0 : 1));
        if (round != null) {
            out.putLong(round.start()).putLong(round.sliceBytes()).putLong(round.logBytes());
            putRow(out, round.cursor());
            putRow(out, round.end());
        }
    }

    /**
     * @throws IllegalArgumentException when the bytes are none
     * @throws java.nio.BufferUnderflowException when they are too few
     */
    public static BaseProgress get(ByteBuffer in) {
        long logBytes = in.getLong();
        long baseBytes = in.getLong();
        byte has = in.get();
        if (has == 0) {
            return new BaseProgress(logBytes, baseBytes, null);
        }
        if (has != 1) {
            throw new IllegalArgumentException("a round of kind " + has + " is not known to this version");
        }
        long start = in.getLong();
        long sliceBytes = in.getLong();
        long roundBytes = in.getLong();
        byte[] cursor = getRow(in);
        return new BaseProgress(logBytes, baseBytes, new Round(start, cursor, getRow(in), sliceBytes, roundBytes));
    }

    /** A row of at most {@link #MAX_ROW} bytes, after its length. */
    public static void putRow(ByteBuffer out, byte[] row) {
        if (row.length > MAX_ROW) {
            throw new IllegalArgumentException("A row of " + row.length + " bytes is no place to stop at");
        }
        out.putShort((short) row.length).put(row);
    }

    /** What {@link #putRow} wrote. */
    public static byte[] getRow(ByteBuffer in) {
        int length = in.getShort();
        if (length < 0 || length > MAX_ROW || length > in.remaining()) {
            throw new IllegalArgumentException("row of " + length + " bytes where " + in.remaining() + " are left");
        }
        byte[] row = new byte[length];
        in.get(row);
        return row;
    }
}
