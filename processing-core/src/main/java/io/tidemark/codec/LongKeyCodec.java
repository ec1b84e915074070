package io.tidemark.codec;

import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.UnstorableValue;
import io.tidemark.api.VersionedCodec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Map keys of type {@code Long}. Where the keys were {@code Integer} before, numbers that are one keep its four bytes, because the bytes are the
 * identity of an entry; larger ones have eight more behind those of the largest. Smaller ones are refused: nothing sorts before the bytes of
 * {@link Integer#MIN_VALUE}.
 */
final class LongKeyCodec implements VersionedCodec<Long> {

    private static final String INTEGER = "integer";

    private final boolean afterInteger;

    LongKeyCodec() {
        this(false);
    }

    private LongKeyCodec(boolean afterInteger) {
        this.afterInteger = afterInteger;
    }

    @Override
    public String id() {
        return RawCodecs.LONG.id();
    }

    @Override
    public String schema() {
        return afterInteger ? INTEGER : RawCodecs.LONG.schema();
    }

    @Override
    public byte[] encode(Long value) {
        if (!afterInteger) {
            return RawCodecs.LONG.encode(value);
        }
        if (value < Integer.MIN_VALUE) {
            throw new UnstorableValue(
                    "a map key below " + Integer.MIN_VALUE + ", which has no place in the order of keys that"
                            + " were Integer; a state under another name can take over the entries");
        }
        int near = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
        byte[] four = RawCodecs.INTEGER.encode(near);
        if (near == value) {
            return four;
        }
        byte[] twelve = Arrays.copyOf(four, four.length + Long.BYTES);
        System.arraycopy(RawCodecs.LONG.encode(value), 0, twelve, four.length, Long.BYTES);
        return twelve;
    }

    @Override
    public Long decode(byte[] bytes) {
        if (!afterInteger) {
            return RawCodecs.LONG.decode(bytes);
        }
        return bytes.length == Integer.BYTES
                ? (long) RawCodecs.INTEGER.decode(bytes)
                : RawCodecs.LONG.decode(Arrays.copyOfRange(bytes, Math.min(Integer.BYTES, bytes.length), bytes.length));
    }

    @Override
    public CodecFit fit(StoredFormat stored) {
        boolean known = stored.id().equals(id()) || stored.id().equals(INTEGER);
        return known
                ? CodecFit.EXACT
                : CodecFit.misfit("keys are stored as " + stored.id() + ", declared as long; a state under another name"
                        + " can take over the entries");
    }

    @Override
    public StoredFormat formatAfter(@Nullable StoredFormat stored) {
        boolean integers = stored != null && stored.schema().equals(INTEGER);
        return new StoredFormat(id(), integers ? INTEGER : RawCodecs.LONG.schema());
    }

    @Override
    public StateCodec<Long> boundTo(StoredFormat format) {
        return new LongKeyCodec(format.schema().equals(INTEGER));
    }

    @Override
    public List<Long> samples() {
        return List.of(0L, 5L, -7L, afterInteger ? Integer.MIN_VALUE : Long.MIN_VALUE, Long.MAX_VALUE);
    }

    @Override
    public boolean isProven() {
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LongKeyCodec that && afterInteger == that.afterInteger;
    }

    @Override
    public int hashCode() {
        return Boolean.hashCode(afterInteger);
    }
}
