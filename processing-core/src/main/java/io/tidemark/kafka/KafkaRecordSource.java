package io.tidemark.kafka;

import io.tidemark.error.EnvironmentRefused;
import io.tidemark.error.InputUnreadable;
import io.tidemark.error.PositionLost;
import io.tidemark.error.SourceFailed;
import io.tidemark.stream.AssignmentListener;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.GroupToken;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.PolledRecords;
import io.tidemark.stream.Position;
import io.tidemark.stream.RecordSource;
import io.tidemark.stream.TopicFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A member of the processor's group on a real consumer. It joins with its first poll. */
public final class KafkaRecordSource implements RecordSource {

    /** How long partitions may be without a position. */
    private static final Duration UNPLACED = Duration.ofSeconds(10);

    /** Long enough for an answer that is on its way, short enough not to be felt by other tasks. */
    private static final Duration SHORT = Duration.ofMillis(50);

    private static final Duration LONG = Duration.ofMillis(400);
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final long LAG_FRESH_NANOS = 50_000_000;

    private final Consumer<byte[], byte[]> consumer;
    private final List<String> topics;
    private final TopicDirectory directory;
    private final StartFrom startFrom;
    private final Map<String, StartFrom> adopted;
    private final @Nullable PlaceInGroup place;
    private final AdminConnection admin;
    private final Map<InputPartition, KafkaFuture<ListOffsetsResultInfo>> starts = new HashMap<>();
    private final Map<InputPartition, KafkaFuture<ListOffsetsResultInfo>> ends = new HashMap<>();
    private final Map<InputPartition, TopicPartition> names = new HashMap<>();
    private @Nullable AssignmentListener listener;
    private Set<TopicPartition> asking = Set.of();
    private long askingSince;
    private Duration patience = SHORT;
    private final boolean isConsumerProtocol;
    private final Map<InputPartition, Lag> lags = new HashMap<>();
    private boolean subscribed;
    private long unplacedSince = -1;
    private long memberSince = -1;
    private boolean assigned;

    private record Lag(long records, long at) {}

    /** What the group coordinator checks. */
    record KafkaGroupToken(ConsumerGroupMetadata metadata) implements GroupToken {
        @Override
        public int generation() {
            return metadata.generationId();
        }

        @Override
        public String memberId() {
            return metadata.memberId();
        }
    }

    public KafkaRecordSource(
            WorkerClients clients,
            List<String> topics,
            TopicDirectory directory,
            AdminConnection admin,
            StartFrom startFrom,
            Map<String, StartFrom> adopted) {
        this.adopted = Map.copyOf(adopted);
        this.consumer = clients.member();
        this.place = clients.placeToClaim()
                .map(instance -> new PlaceInGroup(admin, clients.groupId(), instance, System::nanoTime))
                .orElse(null);
        this.admin = admin;
        this.isConsumerProtocol = clients.isConsumerProtocol();
        this.topics = List.copyOf(topics);
        this.directory = directory;
        this.startFrom = startFrom;
    }

    @Override
    public boolean claimPlace() {
        return place == null || place.isFree();
    }

    @Override
    public PolledRecords poll(Duration timeout, AssignmentListener listener) {
        this.listener = listener;
        return guarded(() -> {
            if (!subscribed) {
                consumer.subscribe(topics, new Rebalances());
                subscribed = true;
            }
            try {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
                unplacedSince = -1;
                return new KafkaPolledRecords(records);
            } catch (OffsetOutOfRangeException e) {
                throw positionLost(e);
            } catch (NoOffsetForPartitionException e) {
                return unplaced(e);
            } catch (KafkaException e) {
                throw unreadable(e);
            }
        });
    }

    /**
     * What fails in one partition fails again in the next poll, and would stop all tasks of the worker for ever: that partition's task is
     * told apart, if the failure says which it is.
     */
    private RuntimeException unreadable(KafkaException e) {
        if (e.getClass() != KafkaException.class && !(e instanceof CorruptRecordException)) {
            return e;
        }
        String message = String.valueOf(e.getMessage());
        List<TopicPartition> named = PartitionNames.in(message, consumer.assignment());
        if (named.size() != 1) {
            return e;
        }
        TopicPartition partition = named.get(0);
        return new InputUnreadable(
                partition.partition(), "the next records of " + partition + " cannot be read: " + message, e);
    }

    /**
     * The client of the consumer protocol may miss the position of a new partition before it has called the listener that sets it; the
     * next poll calls it.
     */
    private PolledRecords unplaced(NoOffsetForPartitionException e) {
        long now = System.nanoTime();
        if (unplacedSince < 0) {
            unplacedSince = now;
        }
        if (now - unplacedSince > UNPLACED.toNanos()) {
            throw e;
        }
        return new KafkaPolledRecords(ConsumerRecords.empty());
    }

    private PositionLost positionLost(OffsetOutOfRangeException e) {
        Map.Entry<TopicPartition, Long> lost =
                e.offsetOutOfRangePartitions().entrySet().iterator().next();
        TopicPartition partition = lost.getKey();
        String range;
        long left = -1;
        try {
            long start = consumer.beginningOffsets(Set.of(partition), Duration.ofSeconds(1))
                    .getOrDefault(partition, -1L);
            long end = consumer.endOffsets(Set.of(partition), Duration.ofSeconds(1))
                    .getOrDefault(partition, -1L);
            range = "; the partition holds offsets " + start + " to " + end
                    + (start > lost.getValue()
                            ? ", so records " + lost.getValue() + " to " + (start - 1) + " are gone"
                            : ", so the log was truncated");
            left = start > lost.getValue() && !(e instanceof LogTruncationException) ? start : -1;
        } catch (TimeoutException unknown) {
            range = "";
        }
        return new PositionLost(
                partition.topic(),
                partition.partition(),
                left,
                "offset " + lost.getValue() + " of " + partition + " is not in the partition any more" + range,
                e);
    }

    @Override
    public void pause(Collection<InputPartition> partitions) {
        consumer.pause(names(partitions));
    }

    @Override
    public void resume(Collection<InputPartition> partitions) {
        consumer.resume(names(partitions));
    }

    @Override
    public void seek(InputPartition partition, Position position) {
        consumer.seek(name(partition), offsetAndMetadata(position, ""));
    }

    @Override
    public Optional<Map<InputPartition, CommittedOffset>> committed(Collection<InputPartition> partitions) {
        Set<TopicPartition> question = new HashSet<>(names(partitions));
        if (!isMyTurn(question)) {
            return Optional.empty();
        }
        return guarded(() -> {
            try {
                Map<TopicPartition, OffsetAndMetadata> found = consumer.committed(question, patience);
                asking = Set.of();
                patience = SHORT;
                Map<InputPartition, CommittedOffset> committed = new HashMap<>();
                for (InputPartition partition : partitions) {
                    OffsetAndMetadata offset = found.get(name(partition));
                    if (offset != null) {
                        committed.put(
                                partition,
                                new CommittedOffset(
                                        offset.offset(),
                                        offset.leaderEpoch().orElse(Position.UNKNOWN_EPOCH),
                                        offset.metadata()));
                    }
                }
                return Optional.of(committed);
            } catch (TimeoutException e) {
                moreTime();
                return Optional.empty();
            }
        });
    }

    /**
     * The consumer keeps one unanswered question and drops it when another is asked, so tasks that ask in turns would never be answered:
     * one asks until it is answered, or until its patience shows that offsets are unstable.
     */
    private boolean isMyTurn(Set<TopicPartition> question) {
        long now = System.nanoTime();
        if (asking.isEmpty() || asking.equals(question) || now - askingSince > TURN.toNanos()) {
            if (!asking.equals(question)) {
                askingSince = now;
            }
            asking = question;
            return true;
        }
        return false;
    }

    private void moreTime() {
        patience = patience.compareTo(LONG) < 0 ? patience.multipliedBy(2) : LONG;
    }

    @Override
    public Optional<TopicFacts> facts(String topic) {
        return directory.facts(topic);
    }

    @Override
    public boolean isMissing(String topic) {
        return directory.isMissing(topic);
    }

    @Override
    public @Nullable String factsFailure(String topic) {
        return directory.failure(topic);
    }

    /**
     * Asked through the admin client, without waiting: the consumer's own question would wait behind the fetch that is out for other
     * partitions, longer than it may.
     */
    @Override
    public Optional<Position> startPosition(InputPartition partition) {
        return position(partition, startFrom);
    }

    @Override
    public Optional<Position> adoptedPosition(InputPartition partition) {
        StartFrom from = adopted.get(partition.topic());
        if (from == null) {
            throw new IllegalArgumentException("Topic " + partition.topic() + " is not to be adopted");
        }
        return position(partition, from);
    }

    private Optional<Position> position(InputPartition partition, StartFrom from) {
        TopicPartition name = name(partition);
        // where there is no record that young it is the end, as it was before that was asked
        KafkaFuture<ListOffsetsResultInfo> end = from.isTime()
                ? ends.computeIfAbsent(partition, asked -> offset(name, OffsetSpec.latest()))
                : KafkaFuture.completedFuture(null);
        if (!end.isDone()) {
            return Optional.empty();
        }
        KafkaFuture<ListOffsetsResultInfo> answer =
                starts.computeIfAbsent(partition, asked -> offset(name, spec(from)));
        if (!answer.isDone()) {
            return Optional.empty();
        }
        starts.remove(partition);
        ends.remove(partition);
        try {
            long offset = answer.get().offset();
            return Optional.of(Position.at(offset < 0 ? end.get().offset() : offset));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            admin.failed(e);
            return Optional.empty();
        }
    }

    /** Under the consumer protocol it is the broker that sees when an assignment does not fit any more. */
    @Override
    public void askForAssignment(String reason) {
        if (!isConsumerProtocol) {
            consumer.enforceRebalance(reason);
        }
    }

    private static OffsetSpec spec(StartFrom from) {
        if (from.isTime()) {
            return OffsetSpec.forTimestamp(from.millis());
        }
        return from.equals(StartFrom.EARLIEST) ? OffsetSpec.earliest() : OffsetSpec.latest();
    }

    private KafkaFuture<ListOffsetsResultInfo> offset(TopicPartition name, OffsetSpec which) {
        return admin.get()
                .listOffsets(Map.of(name, which), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(name);
    }

    @Override
    public boolean mayBegin() {
        return !startFrom.equals(StartFrom.NONE);
    }

    /**
     * A member of the consumer protocol is one before the broker has told it its partitions. Whoever is told nothing for long has none: not
     * every client says so.
     */
    @Override
    public boolean isPlaced() {
        if (consumer.groupMetadata().generationId() < 0) {
            memberSince = -1;
            return false;
        }
        long now = System.nanoTime();
        if (memberSince < 0) {
            memberSince = now;
        }
        return assigned || now - memberSince > UNPLACED.toNanos();
    }

    @Override
    public GroupToken groupToken() {
        return new KafkaGroupToken(consumer.groupMetadata());
    }

    /**
     * The consumer of the consumer protocol asks its background thread each time, which takes as long as many records: what it said a moment
     * ago is good enough.
     */
    @Override
    public long lag(InputPartition partition) {
        if (!isConsumerProtocol) {
            return currentLag(partition);
        }
        long now = System.nanoTime();
        Lag known = lags.get(partition);
        if (known == null || now - known.at() > LAG_FRESH_NANOS) {
            known = new Lag(currentLag(partition), now);
            lags.put(partition, known);
        }
        return known.records();
    }

    private long currentLag(InputPartition partition) {
        try {
            return consumer.currentLag(name(partition)).orElse(-1);
        } catch (IllegalStateException | KafkaException notKnownNow) {
            return -1;
        }
    }

    @Override
    public void close(boolean leave, Duration timeout) {
        consumer.close(CloseOptions.timeout(timeout)
                .withGroupMembershipOperation(
                        leave ? GroupMembershipOperation.LEAVE_GROUP : GroupMembershipOperation.DEFAULT));
    }

    static OffsetAndMetadata offsetAndMetadata(Position position, String metadata) {
        Optional<Integer> epoch = position.leaderEpoch() == Position.UNKNOWN_EPOCH
                ? Optional.empty()
                : Optional.of(position.leaderEpoch());
        return new OffsetAndMetadata(position.offset(), epoch, metadata);
    }

    /** What the consumer cannot get over ends the membership; our own failures, thrown from callbacks as well, pass. */
    private static <T> T guarded(Supplier<T> call) {
        try {
            return call.get();
        } catch (KafkaException e) {
            if (e.getCause() instanceof io.tidemark.error.TidemarkException ours) {
                throw ours;
            }
            if (e instanceof InvalidSessionTimeoutException) {
                throw new EnvironmentRefused(
                        "The broker does not accept the session timeout of the group's members: " + e.getMessage(),
                        "Set tidemark.group.session-timeout between the broker's group.min.session.timeout.ms and"
                                + " group.max.session.timeout.ms.",
                        e);
            }
            if (e instanceof InconsistentGroupProtocolException) {
                throw new SourceFailed(
                        "The group has members that share out partitions in another way: those of another version of the processor,"
                                + " with one input where this one has several or the other way round, or consumers that are not"
                                + " Tidemark's. This instance joins once they have ended; in a rolling deployment stop the former"
                                + " version first: " + e.getMessage(),
                        e,
                        false);
            }
            // a place that is not free yet only means waiting: its former holder is dead
            throw new SourceFailed(
                    "The consumer failed: " + e.getMessage() + MissingRight.in(e, "READ", ""),
                    e,
                    e instanceof FencedInstanceIdException);
        }
    }

    private TopicPartition name(InputPartition partition) {
        return names.computeIfAbsent(partition, p -> new TopicPartition(p.topic(), p.partition()));
    }

    private List<TopicPartition> names(Collection<InputPartition> partitions) {
        List<TopicPartition> all = new ArrayList<>(partitions.size());
        partitions.forEach(partition -> all.add(name(partition)));
        return all;
    }

    private static List<InputPartition> inputs(Collection<TopicPartition> partitions) {
        return partitions.stream()
                .map(partition -> new InputPartition(partition.topic(), partition.partition()))
                .sorted()
                .toList();
    }

    private final class Rebalances implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            assigned = true;
            starts.clear(); // what was asked for a former assignment
            if (listener != null && !partitions.isEmpty()) {
                listener.assigned(inputs(partitions));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (listener != null) {
                listener.revoked(inputs(partitions));
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            assigned = false;
            if (listener != null) {
                listener.lost(inputs(partitions));
            }
        }
    }
}
