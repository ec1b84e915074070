package io.tidemark.state;

import io.tidemark.stream.CheckpointId;

/**
 * Which checkpoint a store holds. Written in the same atomic batch as the rows, so the two can never disagree.
 *
 * @param checkpoint the newest checkpoint whose delta is in the store, and with it every delta before
 * @param changelogNext changelog offset after that delta, from where a roll forward reads on
 */
public record StorePosition(CheckpointId checkpoint, long changelogNext) {}
