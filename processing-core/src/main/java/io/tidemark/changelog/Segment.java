package io.tidemark.changelog;

import io.tidemark.state.StateChange;
import io.tidemark.stream.DeltaHash;
import java.util.List;

/**
 * A segment, whole and checked.
 *
 * @param header what it is
 * @param changes its changes in order
 * @param hash hash over header and changes
 */
public record Segment(SegmentHeader header, List<StateChange> changes, DeltaHash hash) {}
