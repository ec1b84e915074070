package io.tidemark.stream;

/**
 * A committed offset as the group coordinator answers it.
 *
 * @param offset the committed offset
 * @param leaderEpoch its leader epoch, or {@link Position#UNKNOWN_EPOCH}
 * @param metadata the metadata string stored with it; empty when somebody committed without any
 */
public record CommittedOffset(long offset, int leaderEpoch, String metadata) {}
