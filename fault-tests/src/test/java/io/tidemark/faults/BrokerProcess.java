package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka of one node in a process of its own, over a directory that outlives it. It has two listeners: the one clients come to
 * directly, and one whose advertised address is that of a {@link KafkaProxy}.
 */
final class BrokerProcess implements AutoCloseable {

    private final Path home;
    private final Path settingsFile;
    private final int port = Ports.free();
    private final int proxiedPort = Ports.free();
    private final KafkaProxy proxy;
    private ChildJvm jvm;

    /**
     * @param extra broker settings on top of those every test needs
     */
    BrokerProcess(Path home, Map<String, String> extra) {
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
        format();
        start();
    }

    private void format() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int result = StorageTool.execute(
                new String[] {"format", "-t", Uuid.randomUuid().toString(), "-c", settingsFile.toString()},
                new PrintStream(said, true, StandardCharsets.UTF_8));
        assertThat(result).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }

    private Properties settings(Map<String, String> extra) {
        int controller = Ports.free();
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        settings.put(
                "listeners",
                "DIRECT://127.0.0.1:" + port + ",PROXIED://127.0.0.1:" + proxiedPort + ",CONTROLLER://127.0.0.1:"
                        + controller);
        settings.put("advertised.listeners", "DIRECT://127.0.0.1:" + port + ",PROXIED://127.0.0.1:" + proxy.port());
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", "DIRECT");
        settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,DIRECT:PLAINTEXT,PROXIED:PLAINTEXT");
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
        jvm = ChildJvm.start(
                "broker",
                List.of(),
                List.of("-Xmx384m"),
                "kafka.Kafka",
                List.of(settingsFile.toString()),
                home.resolve("broker.log"));
        jvm.awaitLine(0, "Kafka Server started", Duration.ofSeconds(60));
    }

    /** SIGKILL. */
    void kill() {
        jvm.kill();
    }

    String direct() {
        return "127.0.0.1:" + port;
    }

    /** Where clients come to that shall go through the proxy. */
    String proxied() {
        return "127.0.0.1:" + proxy.port();
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
