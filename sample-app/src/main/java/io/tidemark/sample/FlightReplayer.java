package io.tidemark.sample;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
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
    private volatile boolean running;
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
        running = true;
        thread = new Thread(this, "flight-replayer");
        thread.start();
    }

    @Override
    public void stop() {
        running = false;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void run() {
        while (running) {
            try {
                replay();
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (KafkaException e) {
                if (running) {
                    log.warn("The replay was interrupted and goes on after the last committed flight", e);
                    pause();
                }
            }
        }
    }

    private void replay() throws InterruptedException {
        try (Producer<byte[], byte[]> producer = producer()) {
            producer.initTransactions();
            long row = new HighestRow(consumers.getConfigurationProperties(), json).in(Topics.FLIGHTS) + 1;
            log.info("Replaying flights from row {} at {} per second", row, properties.flightsPerSecond());
            int batch = (int) Math.max(1, properties.flightsPerSecond() * TICK.toMillis() / 1000);
            long tick = System.nanoTime();
            while (running && (properties.loop() || row < file.size())) {
                long end = properties.loop() ? row + batch : Math.min(row + batch, file.size());
                producer.beginTransaction();
                for (; row < end; row++) {
                    send(producer, file.flight(row));
                }
                producer.commitTransaction();
                tick += (long) batch * 1_000_000_000L / properties.flightsPerSecond();
                long wait = (tick - System.nanoTime()) / 1_000_000;
                if (wait > 0) {
                    Thread.sleep(wait);
                }
            }
            log.info("The replay is over: {} flights are in the topic", row);
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

    private void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }
}
