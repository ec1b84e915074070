package io.tidemark.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionNamesTest {

    private static final TopicPartition ONE = new TopicPartition("in", 1);
    private static final TopicPartition ELEVEN = new TopicPartition("in", 11);
    private static final TopicPartition LONGER = new TopicPartition("more.in", 1);
    private static final TopicPartition DOTTED = new TopicPartition("in-1.more", 1);
    private static final List<TopicPartition> ALL = List.of(ONE, ELEVEN, LONGER, DOTTED);

    @Test
    void shouldFindTheOneThatIsNamedAndNoneWhoseNameItIsPartOf() {
        assertThat(PartitionNames.in(
                        "Encountered corrupt message when fetching offset 5 for topic-partition in-1", ALL))
                .containsExactly(ONE);
        assertThat(PartitionNames.in("when fetching the next record from in-11. If needed, please seek past it", ALL))
                .containsExactly(ELEVEN);
        assertThat(PartitionNames.in("Record batch for partition more.in-1 at offset 2 is invalid", ALL))
                .containsExactly(LONGER);
        assertThat(PartitionNames.in("the next record from in-1.more-1.", ALL)).containsExactly(DOTTED);
        assertThat(PartitionNames.in("the coordinator is not available", ALL)).isEmpty();
    }
}
