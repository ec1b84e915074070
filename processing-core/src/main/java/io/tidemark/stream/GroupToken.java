package io.tidemark.stream;

/**
 * Proof of group membership, taken from the consumer just before offsets are sent. The broker refuses the offsets of a member whose
 * generation is over, which is what fences a worker that lost its partitions.
 */
public interface GroupToken {

    /** The generation (or member epoch); negative when the consumer is not a member. */
    int generation();

    /** The member id; empty when the consumer is not a member. */
    String memberId();
}
