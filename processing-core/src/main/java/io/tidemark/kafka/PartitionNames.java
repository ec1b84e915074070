package io.tidemark.kafka;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/** Of some failures the consumer says only in words which partition they are about. */
final class PartitionNames {

    private PartitionNames() {}

    /** Which of the partitions a message names. */
    static List<TopicPartition> in(String message, Collection<TopicPartition> partitions) {
        return partitions.stream()
                .filter(partition -> pattern(partition).matcher(message).find())
                .toList();
    }

    /** The name by itself, not as part of a longer one; a full stop may end the sentence. */
    private static Pattern pattern(TopicPartition partition) {
        return Pattern.compile(
                "(?<![a-zA-Z0-9._-])" + Pattern.quote(partition.toString()) + "(?![a-zA-Z0-9_-]|\\.[a-zA-Z0-9._-])");
    }
}
