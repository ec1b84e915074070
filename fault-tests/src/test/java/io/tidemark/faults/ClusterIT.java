package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

/** C1, C7: three brokers, of which some die, and leaders that move. */
class ClusterIT {

    private static final boolean FULL =
            System.getProperty("chaos.matrix", "half").equals("full");

    @Test
    void shouldGoOnWhileBrokersDieAndLeadersMove() throws Exception {
        try (ClusterProcess cluster = new ClusterProcess("cluster");
                Field field = new Field(cluster, "cluster")) {
            AppProcess app = field.start("one");
            field.awaitProgress();
            for (int node : FULL ? List.of(1, 2, 3, cluster.activeController()) : List.of(cluster.activeController())) {
                cluster.node(node).kill();
                field.awaitProgress();
                cluster.node(node).start();
                cluster.awaitWhole();
            }
            moveLeaders(cluster);
            field.awaitProgress();
            twoAtOnce(cluster, app);
            field.awaitProgress();
            assertThat(app.jvm().isAlive()).isTrue();
            assertThat(app.jvm().output())
                    .as("nothing is refused for what brokers do")
                    .doesNotContain("is refused");
            field.finish();
        }
    }

    /** C7: a broker with a full disk gives up; the others go on, and so does it once there is room. */
    @Test
    void shouldGoOnWhileTheDiskOfABrokerIsFull() throws Exception {
        assumeTrue(FULL, "one more cluster is too much for the short form");
        try (SmallDisk disk = new SmallDisk("full-broker", 192);
                ClusterProcess cluster = new ClusterProcess("filling", Map.of(3, disk.path()));
                Field field = new Field(cluster, "filling")) {
            AppProcess app = field.start("one");
            field.awaitProgress();
            disk.fill();
            TimeUnit.SECONDS.sleep(10); // it needs a new file, or a larger one
            field.awaitProgress();
            cluster.node(3).kill(); // if it has not ended by itself
            field.awaitProgress();
            disk.free();
            cluster.node(3).start();
            cluster.awaitWhole();
            field.awaitProgress();
            assertThat(app.jvm().isAlive()).isTrue();
            field.finish();
        }
    }

    /** With one copy left nothing may be written: everything waits, and says what for. */
    private static void twoAtOnce(ClusterProcess cluster, AppProcess app) throws Exception {
        int mark = app.jvm().mark();
        cluster.node(1).kill();
        cluster.node(2).kill();
        TimeUnit.SECONDS.sleep(FULL ? 45 : 15);
        assertThat(app.jvm().isAlive()).isTrue();
        cluster.node(1).start();
        cluster.node(2).start();
        assertThat(app.jvm().output(mark))
                .as("it said that it waits")
                .containsAnyOf("No producer can be made", "An attempt was given up", "starts anew in");
        cluster.awaitWhole();
    }

    /** Each partition gets another preferred leader, and then gets it elected: for a moment nobody knows who it is. */
    private static void moveLeaders(ClusterProcess cluster) throws Exception {
        try (Admin admin = cluster.admin()) {
            Map<TopicPartition, Optional<NewPartitionReassignment>> moves = new HashMap<>();
            for (TopicDescription topic : admin.describeTopics(
                            admin.listTopics().names().get())
                    .allTopicNames()
                    .get()
                    .values()) {
                for (TopicPartitionInfo partition : topic.partitions()) {
                    List<Integer> replicas = new ArrayList<>(
                            partition.replicas().stream().map(node -> node.id()).toList());
                    replicas.add(replicas.remove(0));
                    moves.put(
                            new TopicPartition(topic.name(), partition.partition()),
                            Optional.of(new NewPartitionReassignment(replicas)));
                }
            }
            admin.alterPartitionReassignments(moves).all().get();
            Set<TopicPartition> all = new HashSet<>(moves.keySet());
            admin.electLeaders(ElectionType.PREFERRED, all).partitions().get();
        }
    }
}
