package io.tidemark.kafka;

import io.tidemark.checkpoint.Fencing;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;

/** Fences producers through the admin client, without waiting for the answer. Thread-safe. */
public final class KafkaFencing implements Fencing {

    private final Admin admin;
    private final Map<String, KafkaFuture<Void>> asked = new ConcurrentHashMap<>();

    public KafkaFencing(Admin admin) {
        this.admin = admin;
    }

    @Override
    public boolean fence(String transactionalId) {
        KafkaFuture<Void> answer = asked.computeIfAbsent(
                transactionalId, id -> admin.fenceProducers(List.of(id)).all());
        if (!answer.isDone()) {
            return false;
        }
        asked.remove(transactionalId);
        return !answer.isCompletedExceptionally();
    }
}
