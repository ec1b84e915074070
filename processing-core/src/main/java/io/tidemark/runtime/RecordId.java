package io.tidemark.runtime;

/**
 * Which record of the input is meant.
 *
 * @param topic its topic
 * @param partition its partition
 * @param offset its offset
 */
public record RecordId(String topic, int partition, long offset) {

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
