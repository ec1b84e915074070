package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;

/** A real Kafka of three nodes, each broker and controller in one, three copies of everything of which two must have a record. */
final class ClusterProcess implements Kafka, AutoCloseable {

    private static final int NODES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<BrokerProcess> nodes = new ArrayList<>();

    ClusterProcess(String name) {
        this(name, Map.of());
    }

    /**
     * @param homes where some of the nodes keep their files, by number
     */
    ClusterProcess(String name, Map<Integer, Path> homes) {
        String clusterId = Uuid.randomUuid().toString();
        List<Integer> controllers =
                IntStream.range(0, NODES).mapToObj(i -> Ports.free()).toList();
        Map<String, String> settings = new HashMap<>();
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(topic + ".replication.factor", "3");
        }
        settings.put("transaction.state.log.min.isr", "2");
        settings.put("share.coordinator.state.topic.min.isr", "2");
        settings.put("default.replication.factor", "3");
        settings.put("min.insync.replicas", "2");
        settings.put("replica.lag.time.max.ms", "3000");
        settings.put("auto.leader.rebalance.enable", "false");
        settings.put("controller.quorum.election.timeout.ms", "500");
        settings.put("controller.quorum.fetch.timeout.ms", "1000");
        for (int id = 1; id <= NODES; id++) {
            nodes.add(new BrokerProcess(
                    homes.containsKey(id) ? homes.get(id) : Brokers.directory(name + "-" + id),
                    new BrokerProcess.Node(id, clusterId, controllers),
                    settings));
        }
        nodes.forEach(BrokerProcess::awaitStarted);
    }

    BrokerProcess node(int id) {
        return nodes.get(id - 1);
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", direct()));
    }

    /** Number of the node whose controller is active. */
    int activeController() throws Exception {
        try (Admin admin = admin()) {
            return admin.describeMetadataQuorum().quorumInfo().get().leaderId();
        }
    }

    /** Every partition has all its copies again. */
    void awaitWhole() {
        try (Admin admin = admin()) {
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
                Map<String, TopicDescription> topics = admin.describeTopics(
                                admin.listTopics().names().get())
                        .allTopicNames()
                        .get();
                topics.values()
                        .forEach(topic -> topic.partitions()
                                .forEach(partition -> assertThat(partition.isr().size())
                                        .as("%s-%d", topic.name(), partition.partition())
                                        .isEqualTo(partition.replicas().size())));
            });
        }
    }

    @Override
    public String direct() {
        return nodes.stream().map(BrokerProcess::direct).collect(Collectors.joining(","));
    }

    @Override
    public String proxied() {
        throw new UnsupportedOperationException("There is one proxy for each of several brokers");
    }

    @Override
    public short replicas() {
        return NODES;
    }

    @Override
    public void close() {
        nodes.forEach(BrokerProcess::close);
    }
}
