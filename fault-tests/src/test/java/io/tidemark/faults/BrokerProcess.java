package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka of one node in a process of its own, over a directory that outlives it. It has three listeners: the one clients come to
 * directly, one whose advertised address is that of a {@link KafkaProxy}, and one at which they have to say who they are.
 */
final class BrokerProcess implements Kafka, AutoCloseable {

    /**
     * One of several nodes.
     *
     * @param id its number, from 1
     * @param clusterId the same for all
     * @param controllers ports of all controllers, by number
     */
    record Node(int id, String clusterId, List<Integer> controllers) {

        static Node alone() {
            return new Node(1, Uuid.randomUuid().toString(), List.of(Ports.free()));
        }

        String voters() {
            return IntStream.range(0, controllers.size())
                    .mapToObj(i -> (i + 1) + "@127.0.0.1:" + controllers.get(i))
                    .collect(Collectors.joining(","));
        }
    }

    private final Path home;
    private final Path settingsFile;
    private final Node node;
    private final int port = Ports.free();
    private final int proxiedPort = Ports.free();
    private final int guardedPort = Ports.free();
    private final KafkaProxy proxy;
    private ChildJvm jvm;

    /**
     * @param extra broker settings on top of those every test needs
     */
    BrokerProcess(Path home, Map<String, String> extra) {
        this(home, Node.alone(), extra);
        awaitStarted();
    }

    /** One whose cluster speaks as one of that release did: the same code, with the features of then. */
    static BrokerProcess ofRelease(String release, Path home) {
        BrokerProcess broker = new BrokerProcess(home, Node.alone(), Map.of(), List.of("--release-version", release));
        broker.awaitStarted();
        return broker;
    }

    /** One of several: they start together, and each waits for enough of the others. */
    BrokerProcess(Path home, Node node, Map<String, String> extra) {
        this(home, node, extra, List.of());
    }

    private BrokerProcess(Path home, Node node, Map<String, String> extra, List<String> format) {
        this.node = node;
        this.home = home;
        this.proxy = new KafkaProxy(proxiedPort);
        this.settingsFile = home.resolve("broker.properties");
        try {
            Files.createDirectories(home);
            try (Writer writer = Files.newBufferedWriter(settingsFile)) {
                settings(extra).store(writer, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        format(format);
        launch();
    }

    private void format(List<String> more) {
        List<String> arguments =
                new ArrayList<>(List.of("format", "-t", node.clusterId(), "-c", settingsFile.toString()));
        arguments.addAll(more);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int result = StorageTool.execute(
                arguments.toArray(String[]::new), new PrintStream(said, true, StandardCharsets.UTF_8));
        assertThat(result).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }

    private Properties settings(Map<String, String> extra) {
        int controller = node.controllers().get(node.id() - 1);
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(node.id()));
        settings.put("controller.quorum.voters", node.voters());
        settings.put(
                "listeners",
                "DIRECT://127.0.0.1:" + port + ",PROXIED://127.0.0.1:" + proxiedPort + ",GUARDED://127.0.0.1:"
                        + guardedPort + ",CONTROLLER://127.0.0.1:"
                        + controller);
        settings.put(
                "advertised.listeners",
                "DIRECT://127.0.0.1:" + port + ",PROXIED://127.0.0.1:" + proxy.port() + ",GUARDED://127.0.0.1:"
                        + guardedPort);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", "DIRECT");
        settings.put(
                "listener.security.protocol.map",
                "CONTROLLER:PLAINTEXT,DIRECT:PLAINTEXT,PROXIED:PLAINTEXT,GUARDED:SASL_PLAINTEXT");
        settings.put("listener.name.guarded.sasl.enabled.mechanisms", "SCRAM-SHA-256");
        settings.put(
                "listener.name.guarded.scram-sha-256.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put("log.dirs", home.resolve("data").toString());
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(topic + ".replication.factor", "1");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("group.consumer.min.session.timeout.ms", "1000");
        settings.put("group.consumer.min.heartbeat.interval.ms", "100");
        // After a hard kill the controller waits for the old session of the broker to expire.
        settings.put("broker.session.timeout.ms", "2000");
        settings.put("broker.heartbeat.interval.ms", "300");
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
        settings.put("auto.create.topics.enable", "false");
        settings.put("log.cleaner.dedupe.buffer.size", "2097152");
        settings.putAll(extra);
        return settings;
    }

    void start() {
        launch();
        awaitStarted();
    }

    private void launch() {
        jvm = ChildJvm.start(
                "broker",
                List.of(),
                List.of("-Xmx384m"),
                "kafka.Kafka",
                List.of(settingsFile.toString()),
                home.resolve("broker.log"));
    }

    void awaitStarted() {
        jvm.awaitLine(0, "Kafka Server started", Duration.ofSeconds(60));
    }

    int id() {
        return node.id();
    }

    /** What is left of a partition after a crash that lost the newest tenth of it; only while it is dead. */
    void loseEnd(String topic, int partition) throws IOException {
        Path log = home.resolve("data").resolve(topic + "-" + partition).resolve("00000000000000000000.log");
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 10 * 9);
        }
    }

    /** SIGKILL. */
    void kill() {
        jvm.kill();
    }

    @Override
    public String direct() {
        return "127.0.0.1:" + port;
    }

    @Override
    public String proxied() {
        return "127.0.0.1:" + proxy.port();
    }

    @Override
    public short replicas() {
        return 1;
    }

    /** Where clients come to that have to say who they are. */
    String guarded() {
        return "127.0.0.1:" + guardedPort;
    }

    KafkaProxy proxy() {
        return proxy;
    }

    @Override
    public void close() {
        proxy.close();
        jvm.close();
    }
}
