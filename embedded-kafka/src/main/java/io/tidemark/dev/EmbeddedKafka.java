package io.tidemark.dev;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.fault.FaultHandlerException;
import org.apache.kafka.server.fault.LoggingFaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * Broker and controller of one node in this JVM, over a directory that stays. Put together from the server's own parts instead of its
 * main class, which wants ports known in advance and ends the whole JVM on a fault.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final FileChannel lock;
    private final Metrics metrics;
    private final ControllerServer controller;
    private final BrokerServer broker;

    private EmbeddedKafka(KafkaConfig config, FileChannel lock) {
        this.lock = lock;
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> formatted =
                KafkaRaftServer.initializeLogDirs(config, log, "");
        this.metrics = Server.initializeMetrics(
                config, Time.SYSTEM, formatted._1().clusterId().orElseThrow());
        FaultHandlerFactory faults = (name, fatal, action) -> fatal
                ? (message, cause) -> {
                    log.error(
                            "The embedded Kafka failed and must be restarted with the application: {}: {}",
                            name,
                            message,
                            cause);
                    action.run();
                    return new FaultHandlerException(name + ": " + message, cause);
                }
                : new LoggingFaultHandler(name, action);
        CompletableFuture<Map<Integer, InetSocketAddress>> voters = new CompletableFuture<>();
        SharedServer shared = new SharedServer(
                config, formatted._1(), Time.SYSTEM, metrics, voters, List.of(), faults, ServerSocketFactory.INSTANCE);
        this.broker = new BrokerServer(shared);
        this.controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), formatted._2());
        CompletableFuture<?> unused = controller
                .socketServerFirstBoundPortFuture()
                .whenComplete((port, failure) -> {
                    if (failure == null) {
                        voters.complete(Map.of(
                                BrokerSettings.NODE_ID, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
                    } else {
                        voters.completeExceptionally(failure);
                    }
                });
    }

    /**
     * Starts a broker over that directory, formatting it when it is new. Returns when clients can connect.
     *
     * @param port client port on the loopback interface, or 0 for a free one
     * @throws IllegalStateException when the directory is in use or the broker does not start
     */
    public static EmbeddedKafka start(Path directory, int port) {
        Path root = directory.toAbsolutePath().normalize();
        FileChannel lock = lock(root);
        try {
            KafkaConfig config = KafkaConfig.fromProps(BrokerSettings.of(root, port), false);
            format(root, config);
            EmbeddedKafka kafka = new EmbeddedKafka(config, lock);
            try {
                kafka.controller.startup();
                kafka.broker.startup();
                return kafka;
            } catch (RuntimeException | Error e) {
                kafka.close();
                throw e;
            }
        } catch (Exception e) {
            unlock(lock);
            throw new IllegalStateException(
                    "The embedded Kafka over " + root + " does not start: " + e.getMessage(), e);
        }
    }

    /** Kafka locks its directory only after it has written to it: too late to stop a second process from doing harm. */
    private static FileChannel lock(Path root) {
        try {
            Files.createDirectories(root);
            FileChannel channel = FileChannel.open(
                    root.resolve(".embedded.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isLocked(channel)) {
                return channel;
            }
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("The directory " + root + " of the embedded Kafka cannot be used: " + e, e);
        }
        throw new DirectoryInUse(root);
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static void unlock(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            log.warn("The lock of the embedded Kafka could not be released", e);
        }
    }

    private static void format(Path root, KafkaConfig config) throws Exception {
        if (Files.exists(root.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME))) {
            return;
        }
        if (Files.exists(root.resolve("__cluster_metadata-0"))) {
            throw new IOException(
                    root
                            + " holds a metadata log but no meta.properties; it is not formatted over. Delete the directory to start empty");
        }
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(nowhere)
                    .setNodeId(config.nodeId())
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                    .setMetadataLogDirectory(config.metadataLogDir())
                    .addDirectory(root.toString())
                    .setIgnoreFormatted(true)
                    .run();
        }
    }

    /** Where clients connect. */
    public String bootstrapServers() {
        return "127.0.0.1:" + broker.boundPort(new ListenerName(BrokerSettings.CLIENT_LISTENER));
    }

    /** Stops broker, then controller: the former needs the latter to say goodbye. */
    @Override
    public void close() {
        try {
            broker.shutdown(STOP);
        } finally {
            try {
                controller.shutdown();
            } finally {
                metrics.close();
                unlock(lock);
            }
        }
    }
}
