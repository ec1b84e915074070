package io.tidemark.kafka;

import io.tidemark.stream.InputPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * What waits in the inputs of a processor, as the cluster has it: how far the group's committed offsets are behind the ends of the logs,
 * which partitions no member has, and whose open transaction holds records back. Known whether or not any worker runs. Asks in the
 * background, a step with each look; thread-safe.
 */
public final class GroupBacklog {

    private static final Duration ANSWER = Duration.ofSeconds(60);

    /**
     * How patient it is.
     *
     * @param every how often it asks
     * @param longOpen how long a transaction may be open without anything being wrong
     */
    public record Pace(Duration every, Duration longOpen) {

        /** Slow enough to cost nothing. */
        public static Pace slow() {
            return new Pace(Duration.ofSeconds(5), Duration.ofSeconds(60));
        }
    }

    /**
     * What is known.
     *
     * @param lags records between the committed offsets and the ends of the logs, undecided ones included, by partition number
     * @param unassigned partition numbers no member of the group has
     * @param heldBack what holds records back, or {@code null}
     * @param deleted where partitions begin whose records were deleted before they were committed
     */
    public record Backlog(
            Map<Integer, Long> lags,
            Set<Integer> unassigned,
            @Nullable String heldBack,
            Map<InputPartition, Long> deleted) {

        /** Nothing is known yet. */
        public static final Backlog UNKNOWN = new Backlog(Map.of(), Set.of(), null, Map.of());
    }

    /** Since when the records from an offset on are undecided. */
    private record Undecided(long from, long since) {}

    private final AdminConnection admin;
    private final String group;
    private final List<String> topics;
    private final boolean fromStart;
    private final Pace pace;
    private final LongSupplier nanos;
    private final Map<TopicPartition, Undecided> undecided = new HashMap<>();
    private @Nullable Round round;
    private long askedAt;
    private long knownAt;
    private volatile Backlog known = Backlog.UNKNOWN;

    /**
     * @param fromStart whether a partition without a committed offset is to be read from its beginning
     */
    public GroupBacklog(
            AdminConnection admin,
            String group,
            List<String> topics,
            boolean fromStart,
            Pace pace,
            LongSupplier nanos) {
        this.pace = pace;
        this.admin = admin;
        this.group = group;
        this.topics = List.copyOf(topics);
        this.fromStart = fromStart;
        this.nanos = nanos;
        this.askedAt = nanos.getAsLong() - pace.every().toNanos();
        this.knownAt = nanos.getAsLong();
    }

    /** As of the last complete answer. */
    public Backlog known() {
        return known;
    }

    /** Takes what has been answered since the last look, and asks on. */
    public synchronized void look() {
        long now = nanos.getAsLong();
        if (now - knownAt > ANSWER.toNanos()) {
            known = Backlog.UNKNOWN; // what was true a minute ago would look like what is
        }
        Round current = round;
        if (current == null) {
            if (now - askedAt >= pace.every().toNanos()) {
                askedAt = now;
                round = new Round(admin.get());
            }
            return;
        }
        try {
            if (current.isAnswered()) {
                known = current.answer(now);
                knownAt = now;
                round = null;
            } else if (now - askedAt > ANSWER.toNanos()) {
                round = null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            admin.failed(e);
            round = null;
        }
    }

    /** One time of asking everything: the topics first, then all that depends on their partitions. */
    private final class Round {

        private final Admin asked;
        private final KafkaFuture<Map<String, TopicDescription>> described;
        private final KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> committed;
        private final KafkaFuture<ConsumerGroupDescription> members;
        private final Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> starts = new HashMap<>();
        private final Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> stable = new HashMap<>();
        private final Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> ends = new HashMap<>();
        private final Map<TopicPartition, KafkaFuture<List<ProducerState>>> producers = new HashMap<>();

        Round(Admin admin) {
            asked = admin;
            described = admin.describeTopics(topics).allTopicNames();
            committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata();
            members = admin.describeConsumerGroups(List.of(group))
                    .all()
                    .thenApply(groups -> Objects.requireNonNull(groups.get(group)));
        }

        boolean isAnswered() throws InterruptedException, ExecutionException {
            if (!described.isDone() || !committed.isDone() || !members.isDone()) {
                return false;
            }
            if (ends.isEmpty()) {
                askForEnds();
                return false;
            }
            return all(starts.values()) && all(stable.values()) && all(ends.values()) && all(producers.values());
        }

        private void askForEnds() throws InterruptedException, ExecutionException {
            ListOffsetsOptions everything = new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED);
            ListOffsetsOptions decided = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
            List<TopicPartition> partitions = new ArrayList<>();
            described
                    .get()
                    .forEach((topic, description) -> description
                            .partitions()
                            .forEach(info -> partitions.add(new TopicPartition(topic, info.partition()))));
            ask(partitions, OffsetSpec.earliest(), everything, starts);
            ask(partitions, OffsetSpec.latest(), decided, stable);
            ask(partitions, OffsetSpec.latest(), everything, ends);
            partitions.stream()
                    .filter(GroupBacklog.this::isLongUndecided)
                    .forEach(partition -> producers.put(
                            partition,
                            asked.describeProducers(List.of(partition))
                                    .partitionResult(partition)
                                    .thenApply(state -> state.activeProducers())));
        }

        /** One question for all of them. */
        private void ask(
                List<TopicPartition> partitions,
                OffsetSpec which,
                ListOffsetsOptions options,
                Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> answers) {
            Map<TopicPartition, OffsetSpec> specs = new HashMap<>();
            partitions.forEach(partition -> specs.put(partition, which));
            ListOffsetsResult result = asked.listOffsets(specs, options);
            partitions.forEach(partition -> answers.put(partition, result.partitionResult(partition)));
        }

        Backlog answer(long now) throws InterruptedException, ExecutionException {
            Map<Integer, Long> lags = new TreeMap<>();
            Set<Integer> all = new TreeSet<>();
            String heldBack = null;
            Map<InputPartition, Long> deleted = new HashMap<>();
            Set<Integer> unknown = new HashSet<>();
            for (TopicPartition partition : ends.keySet()) {
                all.add(partition.partition());
                if (isUnanswered(partition)) {
                    unknown.add(partition.partition());
                    continue;
                }
                long end = offset(ends, partition);
                long decided = offset(stable, partition);
                OffsetAndMetadata at = committed.get().get(partition);
                long start = offset(starts, partition);
                long from = at != null ? at.offset() : fromStart ? start : end;
                if (from < start) {
                    deleted.put(new InputPartition(partition.topic(), partition.partition()), start);
                }
                lags.merge(partition.partition(), Math.max(0, end - from), Long::sum);
                watch(partition, decided, end, now);
                if (heldBack == null && isLongUndecided(partition)) {
                    heldBack = "Records of " + partition + " from offset " + decided
                            + " on wait for a transaction that has been open for more than "
                            + pace.longOpen().toSeconds() + " s" + owner(partition, decided);
                }
            }
            lags.keySet().removeAll(unknown);
            all.removeAll(assigned());
            return new Backlog(Map.copyOf(lags), Set.copyOf(all), heldBack, Map.copyOf(deleted));
        }

        /** A partition without a leader says nothing about the others. */
        private boolean isUnanswered(TopicPartition partition) {
            return Stream.of(starts, stable, ends)
                    .map(answers -> answers.get(partition))
                    .anyMatch(answer -> answer == null || answer.isCompletedExceptionally());
        }

        private Set<Integer> assigned() throws InterruptedException, ExecutionException {
            Set<Integer> assigned = new HashSet<>();
            try {
                members.get()
                        .members()
                        .forEach(member -> member.assignment()
                                .topicPartitions()
                                .forEach(partition -> assigned.add(partition.partition())));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                    throw e; // a group nobody has joined yet has no members
                }
            }
            return assigned;
        }

        /** Who it is, as far as the broker of the partition says. */
        private String owner(TopicPartition partition, long from) throws InterruptedException, ExecutionException {
            KafkaFuture<List<ProducerState>> answer = producers.get(partition);
            if (answer == null || !answer.isDone() || answer.isCompletedExceptionally()) {
                return "";
            }
            return answer.getNow(List.of()).stream()
                    .filter(state -> state.currentTransactionStartOffset().orElse(-1) == from)
                    .findFirst()
                    .map(state -> ", of the producer with id " + state.producerId()
                            + " (kafka-transactions.sh finds and ends it)")
                    .orElse("");
        }
    }

    private static long offset(
            Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> answers, TopicPartition partition)
            throws InterruptedException, ExecutionException {
        KafkaFuture<ListOffsetsResultInfo> answer = answers.get(partition);
        return answer == null ? 0 : answer.get().offset();
    }

    private static boolean all(Collection<? extends KafkaFuture<?>> answers) {
        return answers.stream().allMatch(KafkaFuture::isDone);
    }

    private void watch(TopicPartition partition, long decided, long end, long now) {
        Undecided before = undecided.get(partition);
        if (decided >= end) {
            undecided.remove(partition);
        } else if (before == null || before.from() != decided) {
            undecided.put(partition, new Undecided(decided, now));
        }
    }

    private boolean isLongUndecided(TopicPartition partition) {
        Undecided open = undecided.get(partition);
        return open != null
                && nanos.getAsLong() - open.since() > pace.longOpen().toNanos();
    }
}
