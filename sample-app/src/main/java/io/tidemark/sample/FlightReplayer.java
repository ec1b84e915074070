package io.tidemark.sample;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends the recorded flights. It keeps no position of its own: every flight carries its row, batches go in transactions, and a start goes
 * on after the highest row in the topic, so that killing it loses and repeats nothing.
 */
@Component
class FlightReplayer implements SmartLifecycle, Runnable {

    private static final Logger log = LoggerFactory.getLogger(FlightReplayer.class);
    private static final String TRANSACTIONAL_ID = "flight-replayer";
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ReplayProperties properties;
    private final FlightFile file;
    private final ConsumerFactory<?, ?> consumers;
    private final ProducerFactory<?, ?> producers;
    private final JsonMapper json;
    private CountDownLatch stopped = new CountDownLatch(1);
    private Thread thread = new Thread(this, "flight-replayer");

    FlightReplayer(
            ReplayProperties properties,
            FlightFile file,
            ConsumerFactory<?, ?> consumers,
            ProducerFactory<?, ?> producers,
            JsonMapper json) {
        this.properties = properties;
        this.file = file;
        this.consumers = consumers;
        this.producers = producers;
        this.json = json;
    }

    @Override
    public boolean isAutoStartup() {
        return properties.enabled();
    }

    @Override
    public void start() {
        stopped = new CountDownLatch(1);
        thread = new Thread(this, "flight-replayer");
        thread.start();
    }

    @Override
    public void stop() {
        stopped.countDown();
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread.isAlive();
    }

    @Override
    public void run() {
        try {
            do {
                try {
                    replay();
                    return;
                } catch (KafkaException e) {
                    log.warn("The replay was interrupted and goes on after the last committed flight", e);
                }
            } while (!stopWithin(PAUSE.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean stopWithin(long millis) throws InterruptedException {
        return stopped.await(Math.max(0, millis), TimeUnit.MILLISECONDS);
    }

    private void replay() throws InterruptedException {
        try (Producer<byte[], byte[]> producer = producer()) {
            producer.initTransactions();
            long row = new HighestRow(consumers.getConfigurationProperties(), json).in(Topics.FLIGHTS) + 1;
            log.info("Replaying flights from row {} at {} per second", row, properties.flightsPerSecond());
            int batch = (int) Math.max(1, properties.flightsPerSecond() * TICK.toMillis() / 1000);
            long tick = System.nanoTime();
            while (!stopWithin((tick - System.nanoTime()) / 1_000_000) && (properties.loop() || row < file.size())) {
                long end = properties.loop() ? row + batch : Math.min(row + batch, file.size());
                producer.beginTransaction();
                for (; row < end; row++) {
                    send(producer, file.flight(row));
                }
                producer.commitTransaction();
                tick += (long) batch * 1_000_000_000L / properties.flightsPerSecond();
            }
            if (row >= file.size() && !properties.loop()) {
                log.info("The replay is over: {} flights are in the topic", row);
            }
        }
    }

    private void send(Producer<byte[], byte[]> producer, Flight flight) {
        Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(
                Topics.FLIGHTS,
                null,
                flight.reportedAt().toEpochMilli(),
                flight.origin().getBytes(StandardCharsets.UTF_8),
                json.writeValueAsBytes(flight)));
    }

    private Producer<byte[], byte[]> producer() {
        Map<String, Object> configuration = new HashMap<>(producers.getConfigurationProperties());
        configuration.remove(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG);
        configuration.remove(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);
        configuration.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
        return new KafkaProducer<>(configuration, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
