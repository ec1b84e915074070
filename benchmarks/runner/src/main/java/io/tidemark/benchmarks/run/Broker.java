package io.tidemark.benchmarks.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** A real Kafka of one node in a process of its own. */
final class Broker implements AutoCloseable {

    private final Child process;
    private final String servers;
    private final Path file;

    Broker(Path home) throws IOException, InterruptedException {
        Files.createDirectories(home);
        int port = freePort();
        int controller = freePort();
        this.servers = "127.0.0.1:" + port;
        this.file = home.resolve("broker.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            settings(home, port, controller).store(writer, null);
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int result = StorageTool.execute(
                new String[] {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()},
                new PrintStream(said, true, StandardCharsets.UTF_8));
        if (result != 0) {
            throw new IllegalStateException(said.toString(StandardCharsets.UTF_8));
        }
        this.process = Child.java(
                "broker",
                Child.classPath(),
                List.of("-Xms1g", "-Xmx1g"),
                "kafka.Kafka",
                List.of(file.toString()),
                home.resolve("broker.log"));
        process.awaitLine("Kafka Server started", Duration.ofSeconds(60));
    }

    /** A free port below those that operating systems give to outgoing connections: else a client may have it before the broker. */
    static int freePort() {
        for (int tried = 0; tried < 1000; tried++) {
            int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Taken: the next one.
            }
        }
        throw new IllegalStateException("No free port found between 15000 and 32000");
    }

    private static Properties settings(Path home, int port, int controller) {
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        settings.put("log.dirs", home.resolve("data").toString());
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(topic + ".replication.factor", "1");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("auto.create.topics.enable", "false");
        settings.put("transaction.max.timeout.ms", "900000");
        settings.put("log.segment.delete.delay.ms", "1000");
        return settings;
    }

    /** The file with its settings. */
    Path settings() {
        return file;
    }

    String servers() {
        return servers;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
    }
}
