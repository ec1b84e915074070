package io.tidemark.stream;

/**
 * One partition of one input topic.
 *
 * @param topic the topic's name
 * @param partition the partition number
 */
public record InputPartition(String topic, int partition) implements Comparable<InputPartition> {

    @Override
    public int compareTo(InputPartition other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
