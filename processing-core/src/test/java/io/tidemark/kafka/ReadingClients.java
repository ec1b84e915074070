package io.tidemark.kafka;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;

/** Clients of an application that configured nothing, for tests in which something is read and nothing else happens. */
abstract class ReadingClients implements KafkaClients {

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> overrides) {
        throw new AssertionError("nothing is sent here");
    }

    @Override
    public Admin admin() {
        throw new AssertionError("nothing is administered here");
    }

    @Override
    public Map<String, Object> consumerConfiguration() {
        return Map.of();
    }

    @Override
    public Map<String, Object> producerConfiguration() {
        return Map.of();
    }

    @Override
    public boolean mayCreateTopics() {
        return false;
    }
}
