package io.tidemark.kafka;

import io.tidemark.checkpoint.Fencing;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;

/** Fences producers through the admin client, without waiting for the answer. Thread-safe. */
public final class KafkaFencing implements Fencing {

    /** An answer nobody came back for says nothing about an owner that is in the way later. */
    private static final Duration GOOD_FOR = Duration.ofSeconds(30);

    private record Asked(KafkaFuture<Void> answer, long at) {}

    private final AdminConnection admin;
    private final LongSupplier nanos;
    private final Map<String, Asked> asked = new HashMap<>();
    private final Map<String, String> failures = new HashMap<>();

    public KafkaFencing(AdminConnection admin, LongSupplier nanos) {
        this.admin = admin;
        this.nanos = nanos;
    }

    @Override
    public synchronized boolean fence(String transactionalId) {
        long now = nanos.getAsLong();
        asked.values().removeIf(question -> now - question.at() > GOOD_FOR.toNanos());
        Asked question = asked.computeIfAbsent(
                transactionalId,
                id -> new Asked(admin.get().fenceProducers(List.of(id)).all(), now));
        if (!question.answer().isDone()) {
            return false;
        }
        asked.remove(transactionalId);
        failures.remove(transactionalId);
        try {
            question.answer().get();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            failures.put(
                    transactionalId,
                    AdminConnection.cause(e).getMessage() + MissingRight.in(e, "WRITE", transactionalId));
            admin.failed(e);
            return false;
        }
    }

    @Override
    public synchronized @Nullable String failure(String transactionalId) {
        return failures.get(transactionalId);
    }
}
