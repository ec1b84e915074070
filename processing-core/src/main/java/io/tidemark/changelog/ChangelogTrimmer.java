package io.tidemark.changelog;

/** Deletes the beginning of a changelog partition. */
public interface ChangelogTrimmer {

    /**
     * Asks for everything before an offset to go, without waiting. What cannot be deleted now goes with the next round.
     *
     * @param offset an offset no committed checkpoint needs anything before. Brokers delete beyond the last stable offset as well, so it must
     *     come from a committed pointer
     */
    void deleteBefore(int partition, long offset);
}
