package io.tidemark.kafka;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * Makes raw clients from the configuration the application already has: brokers, security and tuning come from there. Every call makes
 * a new client that the caller owns and closes; nothing is pooled.
 */
public interface KafkaClients {

    /**
     * A consumer; {@code overrides} win over the application's configuration. Of the latter, everything that names a place in a group or
     * belongs to one group protocol only is left out.
     */
    Consumer<byte[], byte[]> consumer(Map<String, Object> overrides);

    /** A producer; {@code overrides} win over the application's configuration. */
    Producer<byte[], byte[]> producer(Map<String, Object> overrides);

    /** An admin client. */
    Admin admin();

    /**
     * An admin client of the cluster outputs go to, or {@code null} when that is configured as the one inputs come from: one transaction
     * cannot span two clusters.
     */
    default @Nullable Admin adminOfOutputs() {
        return null;
    }

    /** The application's own consumer configuration, for what is to be told about it. */
    Map<String, Object> consumerConfiguration();

    /** The application's own producer configuration, for what is to be told about it. */
    Map<String, Object> producerConfiguration();

    /** Whether topics may be created. */
    boolean mayCreateTopics();
}
