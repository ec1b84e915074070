package io.tidemark.dev;

import java.nio.file.Path;
import java.util.Properties;

/** Settings of a small single-node broker that keeps its data for ever and comes back quickly after a hard kill. */
final class BrokerSettings {

    static final int NODE_ID = 1;
    static final String CLIENT_LISTENER = "PLAINTEXT";
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private BrokerSettings() {}

    static Properties of(Path directory, int port) {
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE_ID));
        // The real controller port is known only once it is bound; the future handed to the server carries it.
        settings.put("controller.quorum.voters", NODE_ID + "@0.0.0.0:0");
        settings.put(
                "listeners", CLIENT_LISTENER + "://127.0.0.1:" + port + "," + CONTROLLER_LISTENER + "://127.0.0.1:0");
        settings.put("controller.listener.names", CONTROLLER_LISTENER);
        settings.put(
                "listener.security.protocol.map", CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        settings.put("log.dirs", directory.toString());
        oneReplica(settings);
        quick(settings);
        small(settings);
        settings.put("log.retention.ms", "-1");
        settings.put("offsets.retention.minutes", Integer.toString(Integer.MAX_VALUE));
        settings.put("auto.create.topics.enable", "false");
        return settings;
    }

    private static void oneReplica(Properties settings) {
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
    }

    /** After a hard kill the controller waits for the old session of the broker to expire. */
    private static void quick(Properties settings) {
        settings.put("broker.session.timeout.ms", "1000");
        settings.put("broker.heartbeat.interval.ms", "200");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    }

    private static void small(Properties settings) {
        settings.put("log.cleaner.dedupe.buffer.size", "2097152");
        settings.put("num.io.threads", "2");
        settings.put("num.network.threads", "1");
        settings.put("background.threads", "2");
        settings.put("group.coordinator.threads", "1");
    }
}
