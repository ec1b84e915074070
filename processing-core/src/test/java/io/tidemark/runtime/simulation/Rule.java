package io.tidemark.runtime.simulation;

/** A rule of the protocol the simulated world can break, to show that the suite notices. */
enum Rule {
    /** Identity is the whole triple: broken, every attempt has the same identity. */
    R1,
    /** A delta is durable before the decision: broken, a crash of its writer takes appended deltas with it. */
    R2,
    /** A pointer repeats its offset: broken, whoever moves an offset forges the pointer as well. */
    R3,
    /** Only stable offsets are read: broken, pending ones are ignored. */
    R4,
    /** A local store that is not the checkpoint is never used as it is: broken, every store claims to be the committed one. */
    R5,
    /** Rows and position are one batch: broken, the position is written first and a crash can come between. */
    R6,
    /** An unknown outcome is resolved by a new producer epoch: broken, the old epoch goes on. */
    R7,
    /** Offsets are fenced by group generation: broken, the group takes them from anybody. */
    R8,
    /** Restore reads up to the named delta, which may be undecided still: broken, the reader runs past the last stable offset. */
    R9
}
