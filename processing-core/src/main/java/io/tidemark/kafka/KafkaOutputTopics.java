package io.tidemark.kafka;

import io.tidemark.stream.OutputTopics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Topics outputs go to. A producer that is given a topic nobody has created waits for it, with everything else its worker has to do, or
 * has the broker create it as a side effect: so it is asked here before. Thread-safe.
 */
public final class KafkaOutputTopics implements OutputTopics {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final int MOST_MISSING = 1_000;

    private final AdminConnection admin;
    private final boolean create;
    private final LongSupplier nanos;
    private final Set<String> there = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> missing = new HashMap<>();
    private Map<String, KafkaFuture<TopicDescription>> asked = Map.of();
    private long askedAt;
    private final AtomicInteger version = new AtomicInteger();

    /**
     * @param create whether a topic that is missing is created, as the broker makes topics by default
     */
    public KafkaOutputTopics(AdminConnection admin, boolean create, LongSupplier nanos) {
        this.admin = admin;
        this.create = create;
        this.nanos = nanos;
        this.askedAt = nanos.getAsLong();
    }

    @Override
    public int version() {
        return version.get();
    }

    @Override
    public boolean exists(String topic) {
        return there.contains(topic) || ask(topic);
    }

    /** One at a time: whoever comes next finds the answer. */
    private synchronized boolean ask(String topic) {
        if (there.contains(topic)) {
            return true;
        }
        Long since = missing.get(topic);
        if (since != null && nanos.getAsLong() - since < AGAIN.toNanos()) {
            return false;
        }
        if (isThere(topic)) {
            missing.remove(topic);
            there.add(topic);
            return true;
        }
        if (missing.size() >= MOST_MISSING) {
            missing.clear(); // names may come from data
        }
        missing.put(topic, nanos.getAsLong());
        return false;
    }

    private boolean isThere(String topic) {
        return failure(admin.get().describeTopics(List.of(topic)).allTopicNames())
                .map(failure -> !isAbsence(failure))
                .orElse(true);
    }

    @Override
    public synchronized boolean create(String topic) {
        if (!create) {
            return false;
        }
        NewTopic wanted = new NewTopic(topic, Optional.empty(), Optional.empty());
        boolean refused = failure(admin.get().createTopics(List.of(wanted)).all())
                .map(KafkaOutputTopics::isRefusal)
                .orElse(false);
        if (!refused) {
            missing.remove(topic);
            there.add(topic);
        }
        return !refused;
    }

    /** What is no answer at all says nothing of the topic, and the producer finds out. */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof AuthorizationException
                || failure instanceof PolicyViolationException
                || failure instanceof InvalidTopicException;
    }

    private Optional<Throwable> failure(KafkaFuture<?> answer) {
        try {
            answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(e);
        } catch (TimeoutException e) {
            return Optional.of(e);
        } catch (ExecutionException e) {
            admin.failed(e);
            return Optional.of(AdminConnection.cause(e));
        }
    }

    private static boolean isAbsence(Throwable failure) {
        return failure instanceof UnknownTopicOrPartitionException || failure instanceof InvalidTopicException;
    }

    /** Asks every few seconds whether what was there still is, and takes the answers; to be called more often than that. */
    public synchronized void look() {
        long now = nanos.getAsLong();
        if (now - askedAt >= EVERY.toNanos()) {
            askedAt = now;
            asked = there.isEmpty()
                    ? Map.of()
                    : admin.get().describeTopics(List.copyOf(there)).topicNameValues();
        } else if (asked.values().stream().allMatch(KafkaFuture::isDone)) {
            takeAnswers();
            asked = Map.of();
        }
    }

    private void takeAnswers() {
        boolean gone = false;
        for (Map.Entry<String, KafkaFuture<TopicDescription>> question : asked.entrySet()) {
            if (isGone(question.getValue()) && there.remove(question.getKey())) {
                missing.put(question.getKey(), nanos.getAsLong());
                gone = true;
            }
        }
        if (gone) {
            version.incrementAndGet();
        }
    }

    private static boolean isGone(KafkaFuture<TopicDescription> answer) {
        try {
            answer.get();
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            return isAbsence(AdminConnection.cause(e));
        }
    }
}
