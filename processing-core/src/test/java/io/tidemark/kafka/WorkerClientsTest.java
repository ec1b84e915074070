package io.tidemark.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;

class WorkerClientsTest {

    @Test
    void shouldBoundWhatAFetchBrings() {
        assertThat(member(Map.of())).containsEntry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
    }

    @Test
    void shouldLeaveTheSizeOfAFetchToWhoeverSetIt() {
        assertThat(member(Map.of(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, "1048576")))
                .doesNotContainKey(ConsumerConfig.FETCH_MAX_BYTES_CONFIG);
    }

    @Test
    void shouldLeaveTheWaitOfAFetchToWhoeverSetIt() {
        assertThat(member(Map.of())).containsKey(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG);
        assertThat(member(Map.of(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "7")))
                .doesNotContainKey(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG);
    }

    private static Map<String, Object> member(Map<String, Object> ofTheApplication) {
        return new WorkerClients(
                        new Configured(ofTheApplication),
                        new WorkerIdentity("app", "p", "id", 0),
                        MembershipSettings.defaults(),
                        List.of("in"))
                .memberOverrides();
    }

    /** Only says what the application configured. */
    private record Configured(Map<String, Object> consumerConfiguration) implements KafkaClients {

        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Producer<byte[], byte[]> producer(Map<String, Object> overrides) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Admin admin() {
            throw new UnsupportedOperationException();
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
}
