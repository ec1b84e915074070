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

    /** A new round is due when the log is so many times its base. */
    private static final int LOG_FACTOR = 2;

    private static final byte[] POSITION = RowKey.meta("position");
    private static final int MOST_ROWS = 100_000;

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
     * @param deltaBytes size of the delta the slice goes with
     */
    public @Nullable Slice next(StateStore store, KeyedState state, BaseProgress progress, long deltaBytes) {
        Round round = progress.round();
        if (round == null) {
            if (progress.logBytes() < LOG_FACTOR * progress.baseBytes() + settings.floorBytes()) {
                return null;
            }
            round = begin(store, state);
        }
        return round == null || state.isPendingWithoutCell() ? null : slice(store, state, round, budget(deltaBytes));
    }

    private @Nullable Round begin(StateStore store, KeyedState state) {
        if (state.isPending()) {
            return null;
        }
        byte[] last = store.lastRow();
        byte[] end = last == null ? new byte[0] : last;
        return end.length > BaseProgressCodec.MAX_ROW ? null : new Round(Round.OPENING, new byte[0], end, 0, 0);
    }

    private long budget(long deltaBytes) {
        return Math.min(settings.mostSliceBytes(), Math.max(settings.leastSliceBytes(), SLICE_FACTOR * deltaBytes));
    }

    private static Slice slice(StateStore store, KeyedState state, Round round, long budget) {
        List<StateChange> rows = new ArrayList<>();
        byte[] to = round.cursor();
        long bytes = 0;
        long leftOut = 0;
        int seen = 0;
        boolean last = false;
        try (RowCursor stored = store.range(round.cursor(), round.end())) {
            while (true) {
                boolean full = bytes + leftOut >= budget || seen >= MOST_ROWS;
                if (full && to.length <= BaseProgressCodec.MAX_ROW) {
                    break;
                }
                if (!stored.advance()) {
                    last = true;
                    to = round.end();
                    break;
                }
                byte[] row = stored.row();
                to = row;
                seen++;
                byte[] value = stored.value();
                if (!state.isPending(row) && !Arrays.equals(row, POSITION)) {
                    rows.add(StateChange.put(row, value));
                    bytes += row.length + value.length;
                } else {
                    leftOut += row.length + value.length;
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
