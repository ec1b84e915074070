package io.tidemark.changelog;

import io.tidemark.changelog.SegmentHeader.Stretch;
import io.tidemark.state.KeyedState;
import io.tidemark.state.RowCursor;
import io.tidemark.state.RowKey;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateStore;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.BaseProgress.Round;
import io.tidemark.stream.BaseProgressCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a changelog short without ever writing all of the state at once. A round goes once over all rows, a slice with each checkpoint, and
 * the offset of its first slice becomes the base: everything before it may go.
 *
 * <p>The slice of checkpoint n holds rows as they are after checkpoint n-1, and lies before the delta of n in the same transaction. Rows
 * are read from the local store. What is committed but not in the store yet is left out: a round begins only when there is no such thing, so
 * the deltas of all of it lie behind the round's first slice. Rows that come after the round has begun need no slice for the same reason,
 * which is why a round has an end even when keys only ever grow.
 */
public final class RollingBase {

    /** A slice is twice the deltas beside it: at once the deltas a round over growing keys might never end. */
    private static final int SLICE_FACTOR = 2;

    /** A slice has to fit into a segment, however large its delta is. */
    private static final long MOST_SLICE = 64L << 20;

    private static final int LOST_FACTOR = 16;

    /** A new round is due when the log is so many times its base. */
    private static final int LOG_FACTOR = 2;

    private static final byte[] POSITION = RowKey.meta("position");

    /** What a row costs beside its bytes. */
    private static final long ROW_COST = 16;

    private final BaseSettings settings;

    /**
     * What one checkpoint adds to a round.
     *
     * @param rows puts of the rows
     * @param stretch what they cover
     * @param round the round after it, its bytes not counted yet; it is over when the stretch is the last
     * @param leftOut bytes of the rows that were left out, because their deltas lie behind the beginning of the round
     */
    public record Slice(List<StateChange> rows, Stretch stretch, Round round, long leftOut) {}

    public RollingBase(BaseSettings settings) {
        this.settings = settings;
    }

    /**
     * The slice of the next checkpoint, or {@code null} when none is due.
     *
     * @param store the store under {@code state}
     * @param progress as of the committed checkpoint
     * @param deltaCost {@link #cost} of the delta the slice goes with
     */
    public @Nullable Slice next(StateStore store, KeyedState state, BaseProgress progress, long deltaCost) {
        Round round = progress.round();
        if (round == null) {
            if (progress.logBytes() < LOG_FACTOR * progress.baseBytes() + settings.floorBytes()) {
                return null;
            }
            round = begin(store, state);
        }
        return round == null || state.isPendingWithoutCell()
                ? null
                : slice(store, state, round, Math.min(MOST_SLICE, Math.max(least(progress), SLICE_FACTOR * deltaCost)));
    }

    /** A log without a base is the only copy but one: it gets its new base in large slices. */
    private long least(BaseProgress progress) {
        return progress.isLost() ? LOST_FACTOR * settings.leastSliceBytes() : settings.leastSliceBytes();
    }

    /** What changes cost, by which slices are measured: bytes, and something for each. */
    public static long cost(List<StateChange> changes) {
        long cost = 0;
        for (StateChange change : changes) {
            cost += ROW_COST + change.sizeInBytes();
        }
        return cost;
    }

    private @Nullable Round begin(StateStore store, KeyedState state) {
        if (state.isPending()) {
            return null;
        }
        byte[] last = store.lastRow();
        return new Round(Round.OPENING, new byte[0], last == null ? new byte[0] : bound(last), 0, 0);
    }

    /** A row that is no less than the given one and short enough to be remembered. */
    private static byte[] bound(byte[] row) {
        if (row.length <= BaseProgressCodec.MAX_ROW) {
            return row;
        }
        byte[] end = RowKey.endOf(Arrays.copyOf(row, BaseProgressCodec.MAX_ROW));
        return end == null ? new byte[] {(byte) 0xFF} : end;
    }

    /** Something short after a row and before the next one, if both are too long to be remembered and differ early enough. */
    private static byte @Nullable [] between(byte[] row, byte[] next) {
        if (next.length <= BaseProgressCodec.MAX_ROW) {
            return null;
        }
        byte[] cut = Arrays.copyOf(next, BaseProgressCodec.MAX_ROW);
        return Arrays.compareUnsigned(row, cut) < 0 ? cut : null;
    }

    private static Slice slice(StateStore store, KeyedState state, Round round, long budget) {
        List<StateChange> rows = new ArrayList<>();
        byte[] to = round.cursor();
        long taken = 0;
        long leftOut = 0;
        boolean last = false;
        try (RowCursor stored = store.range(round.cursor(), round.end())) {
            while (taken + leftOut < budget || to.length > BaseProgressCodec.MAX_ROW) {
                if (!stored.advance()) {
                    last = true;
                    to = round.end();
                    break;
                }
                byte[] row = stored.row();
                byte[] between = between(to, row);
                if (taken + leftOut >= budget && between != null) {
                    to = between;
                    break;
                }
                to = row;
                byte[] value = stored.value();
                long cost = ROW_COST + row.length + value.length;
                if (!state.isPending(row) && !Arrays.equals(row, POSITION)) {
                    rows.add(StateChange.put(row, value));
                    taken += cost;
                } else {
                    leftOut += cost;
                }
            }
        }
        return new Slice(
                rows,
                new Stretch(round.cursor(), to, last),
                new Round(round.start(), to, round.end(), round.sliceBytes(), round.logBytes()),
                leftOut);
    }
}
