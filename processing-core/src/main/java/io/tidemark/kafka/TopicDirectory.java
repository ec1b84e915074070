package io.tidemark.kafka;

import io.tidemark.stream.TopicFacts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Identities and sizes of topics, asked in the background so that nobody waits. Thread-safe. */
public final class TopicDirectory {

    private static final long FRESH_NANOS = 2_000_000_000L;
    private static final long ASK_AGAIN_NANOS = 10_000_000_000L;

    private record Known(TopicFacts facts, long at) {}

    private record Asked(KafkaFuture<TopicDescription> answer, long at) {}

    private final AdminConnection admin;
    private final LongSupplier nanos;
    private final Map<String, Known> known = new HashMap<>();
    private final Map<String, Asked> asked = new HashMap<>();
    private final Set<String> missing = new HashSet<>();
    private final Map<String, String> failures = new HashMap<>();

    public TopicDirectory(AdminConnection admin, LongSupplier nanos) {
        this.admin = admin;
        this.nanos = nanos;
    }

    /** The topic as it was a few seconds ago at most, or empty while that is being asked. */
    public synchronized Optional<TopicFacts> facts(String topic) {
        long now = nanos.getAsLong();
        Asked question = asked.get(topic);
        if (question != null && (question.answer().isDone() || now - question.at() > ASK_AGAIN_NANOS)) {
            asked.remove(topic);
            Optional<TopicFacts> answer = answer(topic, question.answer());
            // not newer than its question; but whoever comes by seldom has to be given it once
            answer.ifPresent(facts -> known.put(topic, new Known(facts, question.at())));
            if (answer.isPresent() && now - question.at() < ASK_AGAIN_NANOS) {
                return answer;
            }
        }
        Known last = known.get(topic);
        if (last != null && now - last.at() < FRESH_NANOS) {
            return Optional.of(last.facts());
        }
        if (!asked.containsKey(topic)) {
            KafkaFuture<TopicDescription> answer =
                    admin.get().describeTopics(List.of(topic)).topicNameValues().get(topic);
            if (answer != null) {
                asked.put(topic, new Asked(answer, now));
            }
        }
        return Optional.empty();
    }

    /** Whether the last answer was that there is no such topic. */
    public synchronized boolean isMissing(String topic) {
        return missing.contains(topic);
    }

    /** What the last answer failed with, or {@code null} when it did not. */
    public synchronized @Nullable String failure(String topic) {
        return failures.get(topic);
    }

    private Optional<TopicFacts> answer(String name, KafkaFuture<TopicDescription> answer) {
        if (!answer.isDone()) {
            return Optional.empty();
        }
        missing.remove(name);
        failures.remove(name);
        try {
            TopicDescription topic = answer.get();
            UUID id = new UUID(
                    topic.topicId().getMostSignificantBits(), topic.topicId().getLeastSignificantBits());
            return Optional.of(new TopicFacts(id, topic.partitions().size()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                missing.add(name);
            } else {
                failures.put(name, AdminConnection.cause(e).getMessage() + MissingRight.in(e, "DESCRIBE", name));
            }
            admin.failed(e);
            return Optional.empty();
        }
    }
}
