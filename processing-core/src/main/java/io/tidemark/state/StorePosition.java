package io.tidemark.state;

import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.CheckpointId;

/**
 * Which checkpoint a store holds. Written in the same atomic batch as the rows, so the two can never disagree.
 *
 * @param checkpoint the newest checkpoint whose delta is in the store, and with it every delta before
 * @param changelogNext changelog offset after that delta, from where a roll forward reads on
 * @param base how far the rolling base was at that checkpoint
 */
public record StorePosition(CheckpointId checkpoint, long changelogNext, BaseProgress base) {

    /** A position in a log without a rolling base. */
    public StorePosition(CheckpointId checkpoint, long changelogNext) {
        this(checkpoint, changelogNext, BaseProgress.NONE);
    }
}
