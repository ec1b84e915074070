package io.tidemark.kafka;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;

/**
 * Removes a dead former self from a group, without waiting for the answer. Under the newer protocol the broker keeps a static member's
 * place for its session timeout (45 s by default) and refuses a successor meanwhile; this worker holds the lock of the state directory
 * the identity comes from, so whoever had the place before is certainly dead.
 */
final class PlaceInGroup {

    private static final Duration MOST = Duration.ofSeconds(5);

    private final AdminConnection admin;
    private final String group;
    private final String instance;
    private final LongSupplier nanos;
    private @Nullable KafkaFuture<Void> asked;
    private long askedAt;

    PlaceInGroup(AdminConnection admin, String group, String instance, LongSupplier nanos) {
        this.admin = admin;
        this.group = group;
        this.instance = instance;
        this.nanos = nanos;
    }

    /** Whether joining makes sense now: the place is free, or nobody answers and the join itself has to show. */
    boolean isFree() {
        KafkaFuture<Void> answer = asked;
        if (answer == null) {
            answer = admin.get()
                    .removeMembersFromConsumerGroup(
                            group, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove(instance))))
                    .all();
            asked = answer;
            askedAt = nanos.getAsLong();
        }
        // an error means that there is no such group or member, which is as good
        return answer.isDone() || nanos.getAsLong() - askedAt > MOST.toNanos();
    }
}
