package io.tidemark.kafka;

import io.tidemark.changelog.ChangelogTrimmer;
import java.util.Map;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes records through the admin client, without waiting for the answer. Thread-safe. */
public final class KafkaChangelogTrimmer implements ChangelogTrimmer {

    private static final Logger log = LoggerFactory.getLogger(KafkaChangelogTrimmer.class);

    private final AdminConnection admin;
    private final String topic;

    public KafkaChangelogTrimmer(AdminConnection admin, String topic) {
        this.admin = admin;
        this.topic = topic;
    }

    @Override
    public void deleteBefore(int partition, long offset) {
        TopicPartition name = new TopicPartition(topic, partition);
        KafkaFuture<Void> unused = admin.get()
                .deleteRecords(Map.of(name, RecordsToDelete.beforeOffset(offset)))
                .all()
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        admin.failed(failure);
                        log.warn(
                                "Records of {} before offset {} could not be deleted: {}. Nothing is lost, but the changelog grows; grant"
                                        + " DELETE on it to the application, the next round tries again.",
                                name,
                                offset,
                                AdminConnection.cause(failure).getMessage()
                                        + MissingRight.in(failure, "DELETE", topic));
                    }
                });
    }
}
