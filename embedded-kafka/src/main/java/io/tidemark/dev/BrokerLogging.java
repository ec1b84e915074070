package io.tidemark.dev;

import java.util.List;
import java.util.Map;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.Environment;

/**
 * A broker says thousands of lines at its own start and end that mean nothing to whoever develops an application: below WARN its own
 * loggers are switched off, whatever the level of the application. The clients' are not touched.
 */
final class BrokerLogging {

    private static final List<String> SERVER = List.of(
            "kafka",
            "state.change.logger",
            "org.apache.kafka.common.config.AbstractConfig",
            "org.apache.kafka.common.metrics.Metrics",
            "org.apache.kafka.common.utils.AppInfoParser",
            "org.apache.kafka.common.utils.Log4jControllerRegistration",
            "org.apache.kafka.coordinator",
            "org.apache.kafka.image",
            "org.apache.kafka.metadata",
            "org.apache.kafka.network",
            "org.apache.kafka.queue",
            "org.apache.kafka.raft",
            "org.apache.kafka.security",
            "org.apache.kafka.server",
            "org.apache.kafka.snapshot",
            "org.apache.kafka.storage",
            "org.apache.kafka.timeline",
            "org.apache.kafka.common.network",
            "org.apache.zookeeper");

    /**
     * What these say at WARN and ERROR is ordinary: that the controller begins, that two clients asked for the same inner topic, and that batches of a new producer overtake the first one
     * while the broker looks whether its transaction is open (KAFKA-18202). Clients send them again, and say themselves what fails for good.
     */
    private static final Map<String, LogLevel> ORDINARY = Map.of(
            "org.apache.kafka.controller",
            LogLevel.ERROR,
            "kafka.server.DefaultAutoTopicCreationManager",
            LogLevel.ERROR,
            "kafka.server.ReplicaManager",
            LogLevel.OFF);

    private BrokerLogging() {}

    /** Unless a level was set for a logger by name. */
    static void quieten(Environment environment, LoggingSystem logging) {
        SERVER.forEach(logger -> quieten(logger, LogLevel.WARN, environment, logging));
        ORDINARY.forEach((logger, level) -> quieten(logger, level, environment, logging));
    }

    private static void quieten(String logger, LogLevel level, Environment environment, LoggingSystem logging) {
        if (!environment.containsProperty("logging.level." + logger)) {
            logging.setLogLevel(logger, level);
        }
    }
}
