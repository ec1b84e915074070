package io.tidemark.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

class WorkerClientsTest {

    @Test
    void shouldBoundWhatAFetchBrings() {
        assertThat(member(Map.of())).containsEntry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
        assertThat(reader(Map.of())).containsEntry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
    }

    @Test
    void shouldLeaveTheSizeOfAFetchToWhoeverSetIt() {
        Map<String, Object> own = Map.of(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, "1048576");

        assertThat(member(own)).doesNotContainKey(ConsumerConfig.FETCH_MAX_BYTES_CONFIG);
        assertThat(reader(own)).doesNotContainKey(ConsumerConfig.FETCH_MAX_BYTES_CONFIG);
    }

    @Test
    void shouldFetchAsMuchAsOnePartitionMayBring() {
        assertThat(member(Map.of(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "16777216")))
                .containsEntry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20);
        assertThat(member(Map.of(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "1024")))
                .containsEntry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
    }

    /** Right for a listener of batches, wrong for what waits for the end of a small log. */
    @Test
    void shouldNotReadChangelogsAsListenersAreTuned() {
        assertThat(reader(Map.of(
                        ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
                        1 << 20,
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        10_000)))
                .containsEntry(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1)
                .containsEntry(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
    }

    @Test
    void shouldLeaveTheWaitOfAFetchToWhoeverSetIt() {
        assertThat(member(Map.of())).containsEntry(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        assertThat(member(Map.of(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "7")))
                .doesNotContainKey(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG);
    }

    /** What every benchmark sets is what is delivered. */
    @Test
    void shouldPollAndSendInLargePiecesUnlessToldOtherwise() {
        assertThat(member(Map.of())).containsEntry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        assertThat(member(Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "7")))
                .doesNotContainKey(ConsumerConfig.MAX_POLL_RECORDS_CONFIG);
        assertThat(worker(new Configured(Map.of())).producerOverrides())
                .containsEntry(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
        assertThat(worker(new Configured(Map.of(ProducerConfig.BATCH_SIZE_CONFIG, "1")))
                        .producerOverrides())
                .doesNotContainKey(ProducerConfig.BATCH_SIZE_CONFIG);
    }

    /** M8: a revocation must not wait for minutes because somebody wanted larger batches. */
    @Test
    void shouldBoundAFlushHoweverTheApplicationsProducersAreTuned() {
        for (Map<String, Object> tuned : List.<Map<String, Object>>of(
                Map.of(),
                Map.of(ProducerConfig.LINGER_MS_CONFIG, "20"),
                Map.of(ProducerConfig.LINGER_MS_CONFIG, 60_000),
                Map.of(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000),
                Map.of(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "30000", ProducerConfig.LINGER_MS_CONFIG, "5"),
                Map.of(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000))) {
            Map<String, Object> bounds = worker(new Configured(tuned)).bounds();
            int delivery = (int) bounds.get(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
            int request = (int) bounds.get(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG);
            int linger = (int) bounds.get(ProducerConfig.LINGER_MS_CONFIG);

            assertThat(delivery).as("%s", tuned).isEqualTo(10_000);
            assertThat(request + linger)
                    .as("what the client asks for, %s", tuned)
                    .isLessThanOrEqualTo(delivery);
            assertThat((int) bounds.get(ProducerConfig.MAX_BLOCK_MS_CONFIG)).isLessThanOrEqualTo(10_000);
        }
    }

    @Test
    void shouldLeaveShorterTimesToWhoeverSetThem() {
        Map<String, Object> bounds = worker(new Configured(Map.of(
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "4000",
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "1000",
                        ProducerConfig.LINGER_MS_CONFIG, "7")))
                .bounds();

        assertThat(bounds)
                .containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 4_000)
                .containsEntry(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_000)
                .containsEntry(ProducerConfig.LINGER_MS_CONFIG, 7);
    }

    private static Map<String, Object> member(Map<String, Object> ofTheApplication) {
        return worker(new Configured(ofTheApplication)).memberOverrides();
    }

    private static Map<String, Object> reader(Map<String, Object> ofTheApplication) {
        Configured clients = new Configured(ofTheApplication);
        worker(clients).reader("read_committed", "restore");
        return clients.asked;
    }

    private static WorkerClients worker(KafkaClients clients) {
        return new WorkerClients(
                clients, new WorkerIdentity("app", "p", "id", 0), MembershipSettings.defaults(), List.of("in"));
    }

    /** Says what the application configured, and keeps what it was asked for. */
    private static final class Configured extends ReadingClients {

        private final Map<String, Object> configuration;
        private final Map<String, Object> asked = new HashMap<>();

        Configured(Map<String, Object> configuration) {
            this.configuration = configuration;
        }

        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
            asked.putAll(overrides);
            return new MockConsumer<>("none");
        }

        @Override
        public Map<String, Object> consumerConfiguration() {
            return configuration;
        }

        @Override
        public Map<String, Object> producerConfiguration() {
            return configuration;
        }
    }
}
