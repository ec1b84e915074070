package io.tidemark.stream;

/**
 * One processor on one partition number of its input topics: the unit of ownership.
 *
 * @param processor the processor's id
 * @param partition the partition number, the same in every input topic
 */
public record TaskId(String processor, int partition) implements Comparable<TaskId> {

    @Override
    public int compareTo(TaskId other) {
        int byProcessor = processor.compareTo(other.processor);
        return byProcessor != 0 ? byProcessor : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return processor + "/" + partition;
    }
}
