package io.tidemark.changelog;

import io.tidemark.changelog.SegmentHeader.Stretch;
import io.tidemark.error.StateCorrupted;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateStore;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.BaseProgress.Round;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.DeltaHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folds the committed changelog of one task into its store, up to the delta the pointer names: the same delta, by triple and hash,
 * and nothing after it. Each delta must name the one before it as its parent.
 *
 * <p>An empty store is restored from a base: the beginning of the log, or the first slice of a round. Until the last slice of that round the
 * store holds rows but no checkpoint, and says so.
 */
public final class Replay {

    /** What the replay knows after a record. */
    public enum Progress {
        /** The named delta has not been seen yet. */
        MORE,
        /** The store holds exactly the named checkpoint. */
        REACHED,
        /** The first delta does not continue the store: it is from another history and must not be used. */
        OFF_CHAIN
    }

    private final StateStore store;
    private final long mostBatchBytes;
    private final CheckpointId target;
    private final DeltaHash targetHash;
    private final SegmentAssembler assembler;
    private final List<StateChange> batch = new ArrayList<>();
    private final boolean forward;
    private boolean advanced;
    private boolean begun;
    private boolean storeFailed;
    private @Nullable CheckpointId last;
    private @Nullable StorePosition batchPosition;
    private long batchBytes;
    private long bytes;
    private long segmentStart;

    /** Where the newest round was seen to begin. */
    private long roundStart = Round.OPENING;

    /** The checkpoint whose slice was the last segment. */
    private @Nullable CheckpointId sliceOf;

    /** The last row the slices of the base have covered, or {@code null} while no slice has come. */
    private byte @Nullable [] covered;

    /** Whether rows are missing: the slices of the base are not all there yet. */
    private boolean partial;

    /**
     * @param store an empty store, or one that holds an ancestor of the target
     * @param target the checkpoint the pointer names
     * @param targetHash hash of its delta
     * @param mostBatchBytes bytes that are collected before they are written to the store
     */
    public Replay(
            StateStore store, CheckpointId target, DeltaHash targetHash, SegmentCodec codec, long mostBatchBytes) {
        this.store = store;
        this.mostBatchBytes = mostBatchBytes;
        this.target = target;
        this.targetHash = targetHash;
        this.assembler = new SegmentAssembler(codec);
        StorePosition position = store.position();
        this.last = position == null ? null : position.checkpoint();
        this.forward = position != null;
    }

    /**
     * Takes the next committed record of the changelog partition.
     *
     * @throws StateCorrupted when the log is damaged, has a gap, or holds another delta under the target's identity
     */
    public Progress accept(long offset, byte[] record) {
        bytes += record.length;
        if (forward && !begun && !assembler.begins(record)) {
            return Progress.OFF_CHAIN; // the store's place in the log is in the middle of something
        }
        begun = true;
        if (assembler.isEmpty()) {
            segmentStart = offset;
        }
        Segment segment = assembler.accept(record);
        if (segment == null) {
            return Progress.MORE;
        }
        Stretch stretch = segment.header().stretch();
        if (stretch != null) {
            return slice(segment, stretch);
        }
        return delta(segment, offset);
    }

    /** Slices that come while the store is whole say nothing new; only where a round begins is remembered. */
    private Progress slice(Segment segment, Stretch stretch) {
        SegmentHeader header = segment.header();
        boolean first = stretch.from().length == 0;
        boolean foreign = last != null && !last.equals(header.parent());
        if (foreign && forward && !advanced) {
            return Progress.OFF_CHAIN;
        }
        if (sliceOf != null || foreign) {
            throw new StateCorrupted(
                    "The slice of checkpoint " + header.id() + " at changelog offset " + segmentStart
                            + " is not where it belongs, after checkpoint " + last,
                    null);
        }
        sliceOf = header.id();
        if (first) {
            roundStart = segmentStart;
        }
        if (forward || (advanced && !partial)) {
            return Progress.MORE;
        }
        byte[] before = covered;
        if (before == null ? !first || advanced : !Arrays.equals(before, stretch.from())) {
            throw new StateCorrupted(
                    "The slice of checkpoint " + header.id() + " at changelog offset " + segmentStart
                            + " does not follow the one before it",
                    null);
        }
        if (first) {
            last = header.parent();
        }
        covered = stretch.to();
        partial = !stretch.last();
        advanced = true;
        add(segment);
        if (batchBytes >= mostBatchBytes) {
            flush();
        }
        return Progress.MORE;
    }

    private Progress delta(Segment segment, long offset) {
        SegmentHeader header = segment.header();
        CheckpointId parent = header.parent();
        if (last == null ? parent != null : !last.equals(parent)) {
            if (forward && !advanced) {
                return Progress.OFF_CHAIN;
            }
            throw new StateCorrupted(
                    "The delta of checkpoint " + header.id() + " at changelog offset " + offset + " follows checkpoint "
                            + parent + ", but the one before it is " + last,
                    null);
        }
        if (sliceOf != null && !sliceOf.equals(header.id())) {
            throw new StateCorrupted(
                    "The delta of checkpoint " + header.id() + " follows the slice of checkpoint " + sliceOf, null);
        }
        sliceOf = null;
        boolean reached = header.id().equals(target);
        if (reached && !segment.hash().equals(targetHash)) {
            throw new StateCorrupted(
                    "The delta of checkpoint " + target + " has hash " + segment.hash() + ", the pointer names "
                            + targetHash,
                    null);
        }
        if (reached && partial) {
            throw new StateCorrupted("The base is not whole before checkpoint " + target, null);
        }
        add(segment);
        advanced = true;
        last = header.id();
        batchPosition = partial
                ? null
                : new StorePosition(last, offset + 1, header.base().startedAt(roundStart));
        if (reached || batchBytes >= mostBatchBytes) {
            flush();
        }
        return reached ? Progress.REACHED : Progress.MORE;
    }

    /** Whether the last failure was the store's and not the log's. */
    public boolean storeFailed() {
        return storeFailed;
    }

    /** Bytes read so far. */
    public long bytes() {
        return bytes;
    }

    private void add(Segment segment) {
        batch.addAll(segment.changes());
        for (StateChange change : segment.changes()) {
            batchBytes += change.sizeInBytes();
        }
    }

    /** A batch between a slice and its delta, or before the last slice, has no position. */
    private void flush() {
        storeFailed = true;
        store.apply(batch, batchPosition);
        storeFailed = false;
        batch.clear();
        batchBytes = 0;
        batchPosition = null;
    }
}
