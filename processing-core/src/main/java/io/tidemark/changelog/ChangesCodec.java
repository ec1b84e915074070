package io.tidemark.changelog;

import io.tidemark.state.StateChange;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The changes of a segment to its plain payload and back.
 *
 * <p>{@code count}, then per change {@code suffix length * 4 + kind | shared | suffix}, and for a put {@code value length | value}. A row is
 * the first {@code shared} bytes of the row before it, then the suffix: rows of one state begin with the same kind and name. Numbers are
 * unsigned, seven bits a byte, the lowest first. Changes come in an order that lets neighbours share much ({@link RowOrder}). Every length read is checked against what is there before anything is allocated for it,
 * and what all changes together stand for is bounded: {@link #COST} for each, beside its row and its value.
 */
final class ChangesCodec {

    /** Enough for the kind and the name of a state; more would let a few bytes claim to be very long rows. */
    private static final int MOST_SHARED = 127;

    private static final int KIND_BITS = 2;
    private static final int VARINT = 5;
    private static final int LEAST = 2;

    /** More than the lengths of a change take, so that no payload is longer than what it stands for. */
    private static final int COST = 16;

    private ChangesCodec() {}

    /**
     * A plain payload.
     *
     * @param bytes the payload and, behind it, bytes that do not count
     * @param length how many count
     */
    record Plain(byte[] bytes, int length) {}

    /**
     * @param most what all changes together may stand for
     * @throws IllegalArgumentException when they stand for more
     */
    static Plain encode(List<StateChange> changes, int most) {
        long content = 0;
        for (StateChange change : changes) {
            content += COST + change.sizeInBytes();
        }
        long room = VARINT + content;
        if (content > most || room > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalArgumentException(
                    "A segment of " + content + " bytes exceeds " + most + "; checkpoint more often");
        }
        byte[] out = new byte[(int) room];
        int at = varint(out, 0, changes.size());
        byte[] before = new byte[0];
        for (int place : RowOrder.of(changes)) {
            StateChange change = changes.get(place);
            byte[] row = change.row();
            int shared = shared(before, row);
            int suffix = row.length - shared;
            at = varint(out, at, ((long) suffix << KIND_BITS) | change.kind().code());
            out[at++] = (byte) shared;
            System.arraycopy(row, shared, out, at, suffix);
            at += suffix;
            byte[] value = change.value();
            if (value != null) {
                at = varint(out, at, value.length);
                System.arraycopy(value, 0, out, at, value.length);
                at += value.length;
            }
            before = row;
        }
        return new Plain(out, at);
    }

    private static int shared(byte[] before, byte[] row) {
        int most = Math.min(MOST_SHARED, Math.min(before.length, row.length));
        int mismatch = Arrays.mismatch(before, 0, most, row, 0, most);
        return mismatch < 0 ? most : mismatch;
    }

    private static int varint(byte[] out, int at, long number) {
        long left = number;
        int next = at;
        while (left > 0x7F) {
            out[next++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        out[next++] = (byte) left;
        return next;
    }

    /**
     * @param most what all changes together may stand for
     * @throws IllegalArgumentException when the bytes are no payload, or stand for more
     * @throws BufferUnderflowException when they end too early
     */
    static List<StateChange> decode(ByteBuffer in, int most) {
        long count = varint(in);
        if (count > in.remaining() / LEAST) {
            throw new IllegalArgumentException("it counts " + count + " changes in " + in.remaining() + " bytes");
        }
        if (count * COST > most) {
            throw new IllegalArgumentException(
                    "it counts " + count + " changes, which stand for more than " + most + " bytes");
        }
        List<StateChange> changes = new ArrayList<>((int) count);
        byte[] row = new byte[0];
        long content = 0;
        for (int i = 0; i < count; i++) {
            long head = varint(in);
            row = row(in, row, head >>> KIND_BITS);
            StateChange change = switch ((int) head & 3) {
                case 0 -> StateChange.put(row, bytes(in, varint(in)));
                case 1 -> StateChange.delete(row);
                case 2 -> StateChange.deletePrefix(row);
                default -> throw new IllegalArgumentException("unknown change");
            };
            content += COST + change.sizeInBytes();
            if (content > most) {
                throw new IllegalArgumentException("it stands for more than " + most + " bytes");
            }
            changes.add(change);
        }
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes follow its last change");
        }
        return changes;
    }

    private static byte[] row(ByteBuffer in, byte[] before, long suffix) {
        int shared = in.get();
        if (shared < 0 || shared > before.length) {
            throw new IllegalArgumentException("a row shares " + shared + " bytes with one of " + before.length);
        }
        checkLeft(in, suffix);
        byte[] row = Arrays.copyOf(before, shared + (int) suffix);
        in.get(row, shared, (int) suffix);
        return row;
    }

    private static byte[] bytes(ByteBuffer in, long length) {
        checkLeft(in, length);
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private static void checkLeft(ByteBuffer in, long length) {
        if (length > in.remaining()) {
            throw new IllegalArgumentException("length " + length + " where " + in.remaining() + " bytes are left");
        }
    }

    private static long varint(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < VARINT * 7; shift += 7) {
            byte next = in.get();
            number |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException("a number of more than " + VARINT + " bytes");
    }
}
