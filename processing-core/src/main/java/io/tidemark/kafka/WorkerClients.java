package io.tidemark.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The clients of one worker, with the settings the protocol depends on; these are never left to the application. */
public final class WorkerClients {

    /** Blocking calls of the producer must end well before the membership does. */
    private static final int MAX_BLOCK_MS = 8_000;

    private static final int FETCH_WAIT_MS = 100;

    /** What a broker answers a fetch with; Kafka's own 50 MB outlive the young generation with many partitions. */
    private static final int FETCH_BYTES = 8 << 20;

    /** What a poll hands out at most: with Kafka's own 500 a quick handler waits for polls. A poll that is not done is gone on with. */
    private static final int POLL_RECORDS = 5_000;

    /** Kafka's own 16 KB make requests of a few dozen outputs. */
    private static final int BATCH_BYTES = 128 << 10;

    /** Each may be a megabyte, which goes into a store before the next poll. */
    private static final int RECORDS_AT_ONCE = 32;

    private static final int NOT_SET = Integer.MAX_VALUE;

    /** The client's own default. */
    private static final int LINGER_MS = 5;

    /** Less would take a slow answer for none. */
    private static final int LEAST_DELIVERY_MS = 5_000;

    private final KafkaClients clients;
    private final WorkerIdentity identity;
    private final MembershipSettings membership;
    private final List<String> topics;

    public WorkerClients(
            KafkaClients clients, WorkerIdentity identity, MembershipSettings membership, List<String> topics) {
        this.clients = clients;
        this.identity = identity;
        this.membership = membership;
        this.topics = List.copyOf(topics);
    }

    Consumer<byte[], byte[]> member() {
        return clients.consumer(memberOverrides());
    }

    /** What a member's configuration is whatever the application says. */
    public Map<String, Object> memberOverrides() {
        Map<String, Object> overrides = reading("read_committed", "consumer");
        overrides.put(ConsumerConfig.GROUP_ID_CONFIG, identity.groupId());
        if (membership.staticMembership()) {
            overrides.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, identity.groupInstanceId());
        }
        if (membership.protocol() == GroupProtocol.CONSUMER) {
            overrides.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
            overrides.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, topics.size() == 1 ? "uniform" : "range");
        } else {
            classic(overrides);
        }
        // A partition that was just resumed waits for the fetch that is out for the others.
        unlessConfigured(overrides, ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
        unlessConfigured(overrides, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
        return overrides;
    }

    private void classic(Map<String, Object> overrides) {
        overrides.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        overrides.put(
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                millis(membership.sessionTimeout().toMillis()));
        overrides.put(
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                millis(membership.heartbeatInterval().toMillis()));
        // Several inputs must meet on one worker partition number by partition number, which only range does.
        Class<?> assignor = topics.size() == 1 ? CooperativeStickyAssignor.class : RangeAssignor.class;
        overrides.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, List.of(assignor.getName()));
    }

    /** The static place in the group that has to be freed before joining, if any: the classic protocol lets a successor simply take it. */
    Optional<String> placeToClaim() {
        return membership.protocol() == GroupProtocol.CONSUMER && membership.staticMembership()
                ? Optional.of(identity.groupInstanceId())
                : Optional.empty();
    }

    boolean isConsumerProtocol() {
        return membership.protocol() == GroupProtocol.CONSUMER;
    }

    String groupId() {
        return identity.groupId();
    }

    /** It reads small things to their end, and questions wait behind its fetches: how listeners are tuned must not reach it. */
    Consumer<byte[], byte[]> reader(String isolation, String role) {
        Map<String, Object> overrides = reading(isolation, role);
        overrides.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        overrides.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_AT_ONCE);
        overrides.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
        return clients.consumer(overrides);
    }

    Producer<byte[], byte[]> producer() {
        return clients.producer(producerOverrides());
    }

    /** What a producer's configuration is whatever the application says. */
    Map<String, Object> producerOverrides() {
        Map<String, Object> overrides = new HashMap<>();
        overrides.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, identity.transactionalId());
        overrides.put(ProducerConfig.CLIENT_ID_CONFIG, identity.clientId("producer"));
        overrides.put(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                millis(membership.transactionTimeout().toMillis()));
        overrides.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        overrides.putAll(bounds());
        if (!clients.producerConfiguration().containsKey(ProducerConfig.BATCH_SIZE_CONFIG)) {
            overrides.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        }
        return overrides;
    }

    /**
     * However the application's producers are tuned, a send and a flush end in time: shorter times of the application stand, longer ones are
     * cut to what the transaction and the membership allow.
     */
    Map<String, Object> bounds() {
        Map<String, Object> configured = clients.producerConfiguration();
        int delivery =
                Math.min(number(configured, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, NOT_SET), deliveryMillis());
        int request = Math.min(number(configured, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, NOT_SET), delivery / 2);
        // The client wants delivery to last at least as long as a request and the wait for a batch together.
        int linger = Math.min(number(configured, ProducerConfig.LINGER_MS_CONFIG, LINGER_MS), delivery - request);
        int block = Math.min(number(configured, ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS), deliveryMillis());
        return Map.of(
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                delivery,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                request,
                ProducerConfig.LINGER_MS_CONFIG,
                linger,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                block);
    }

    /**
     * A flush must end while the transaction can still be committed, and before the membership ends: in the middle of a rebalance the
     * classic protocol sends no heartbeats without a poll.
     */
    private int deliveryMillis() {
        long transaction = membership.transactionTimeout().toMillis();
        long session = membership.protocol() == GroupProtocol.CLASSIC
                ? membership.sessionTimeout().toMillis()
                : transaction;
        return millis(
                Math.max(Math.min(transaction * 2 / 3, LEAST_DELIVERY_MS), Math.min(transaction, session) * 2 / 3));
    }

    Duration transactionTimeout() {
        return membership.transactionTimeout();
    }

    int maxRequestBytes() {
        return maxRequestBytes(clients);
    }

    /** How long a worker may take between two polls before it counts as gone. */
    public static Duration maxPollInterval(KafkaClients clients) {
        return Duration.ofMillis(
                number(clients.consumerConfiguration(), ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000));
    }

    /** Largest record the application's producers send. */
    public static int maxRequestBytes(KafkaClients clients) {
        return number(clients.producerConfiguration(), ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1 << 20);
    }

    private Map<String, Object> reading(String isolation, String role) {
        Map<String, Object> overrides = new HashMap<>();
        overrides.put(ConsumerConfig.CLIENT_ID_CONFIG, identity.clientId(role));
        overrides.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        overrides.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        overrides.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        overrides.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        overrides.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        unlessConfigured(overrides, ConsumerConfig.FETCH_MAX_BYTES_CONFIG, fetchBytes());
        return overrides;
    }

    /** Whoever wants more of one partition wants it of the answer as well. */
    private int fetchBytes() {
        return Math.max(
                FETCH_BYTES,
                number(clients.consumerConfiguration(), ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 0));
    }

    private void unlessConfigured(Map<String, Object> overrides, String name, Object value) {
        if (!clients.consumerConfiguration().containsKey(name)) {
            overrides.put(name, value);
        }
    }

    private static int number(Map<String, Object> configuration, String name, int otherwise) {
        Object configured = configuration.get(name);
        return configured == null ? otherwise : Integer.parseInt(configured.toString());
    }

    private static int millis(long millis) {
        return Math.toIntExact(millis);
    }
}
