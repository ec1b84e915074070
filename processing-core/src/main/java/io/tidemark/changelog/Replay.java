package io.tidemark.changelog;

import io.tidemark.error.StateCorrupted;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateStore;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.DeltaHash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folds the committed changelog of one task into its store, up to the delta the pointer names: the same delta, by triple and hash,
 * and nothing after it. Each delta must name the one before it as its parent.
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

    private static final int BATCH_BYTES = 4 << 20;

    private final StateStore store;
    private final CheckpointId target;
    private final DeltaHash targetHash;
    private final SegmentAssembler assembler;
    private final List<StateChange> batch = new ArrayList<>();
    private final boolean forward;
    private boolean advanced;
    private boolean storeFailed;
    private @Nullable CheckpointId last;
    private @Nullable StorePosition batchPosition;
    private long batchBytes;
    private long bytes;

    /**
     * @param store an empty store, or one that holds an ancestor of the target
     * @param target the checkpoint the pointer names
     * @param targetHash hash of its delta
     */
    public Replay(StateStore store, CheckpointId target, DeltaHash targetHash, SegmentCodec codec) {
        this.store = store;
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
        Segment segment = assembler.accept(record);
        if (segment == null) {
            return Progress.MORE;
        }
        SegmentHeader header = segment.header();
        if (header.kind() != SegmentKind.DELTA) {
            throw new StateCorrupted(
                    "Checkpoint " + header.id() + " has a base slice, which this version cannot read", null);
        }
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
        boolean reached = header.id().equals(target);
        if (reached && !segment.hash().equals(targetHash)) {
            throw new StateCorrupted(
                    "The delta of checkpoint " + target + " has hash " + segment.hash() + ", the pointer names "
                            + targetHash,
                    null);
        }
        add(segment, offset + 1);
        if (reached || batchBytes >= BATCH_BYTES) {
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

    private void add(Segment segment, long next) {
        batch.addAll(segment.changes());
        for (StateChange change : segment.changes()) {
            batchBytes += change.sizeInBytes();
        }
        advanced = true;
        last = segment.header().id();
        batchPosition = new StorePosition(last, next);
    }

    private void flush() {
        StorePosition position = batchPosition;
        if (position != null) {
            storeFailed = true;
            store.apply(batch, position);
            storeFailed = false;
            batch.clear();
            batchBytes = 0;
            batchPosition = null;
        }
    }
}
