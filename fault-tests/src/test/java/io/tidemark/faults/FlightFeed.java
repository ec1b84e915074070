package io.tidemark.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import tools.jackson.databind.json.JsonMapper;

/** Sends the recorded flights, over and over, at a steady pace, each with its number among those of its origin. */
final class FlightFeed implements AutoCloseable {

    /** What the value of a record begins with that nobody can read. */
    static final String POISON = "poison ";

    private static final int POISON_EVERY = 50;
    private static final int TICK_MILLIS = 10;
    private static final int AUDIT_EVERY = 40;

    private final List<String> topics;
    private final int perTick;
    private final Random random;
    private final List<String[]> flights;
    private final Map<String, Long> sequences = new HashMap<>();
    private final KafkaProducer<String, String> producer;
    private final Thread thread;
    private int row;
    private long sent;
    private volatile boolean running = true;
    private volatile boolean paused;
    private volatile boolean poisoned;
    private long poison;
    private volatile RuntimeException failure;

    /** @param topics where to; a key is always in the same one */
    FlightFeed(String bootstrapServers, List<String> topics, int perSecond, long seed) {
        this.topics = topics;
        this.perTick = Math.max(1, perSecond * TICK_MILLIS / 1000);
        this.random = new Random(seed);
        this.flights = read();
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "linger.ms",
                        5,
                        "delivery.timeout.ms",
                        180_000,
                        // a batch refused by a leader that is not ready yet would be overtaken by the next one
                        "max.in.flight.requests.per.connection",
                        1),
                new StringSerializer(),
                new StringSerializer());
        this.thread = new Thread(this::run, "feed");
        thread.setDaemon(true);
        thread.start();
    }

    private static List<String[]> read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                FlightFeed.class.getResourceAsStream("/data/flights-20k.csv"), StandardCharsets.UTF_8))) {
            return lines.lines().skip(1).map(line -> line.split(",", -1)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run() {
        try {
            while (running) {
                for (int i = 0; i < perTick && !paused; i++) {
                    next();
                }
                TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
            }
        } catch (RuntimeException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on sends a record nobody can read after every so many flights. */
    void addPoison() {
        poisoned = true;
    }

    /** How many records nobody can read. */
    synchronized long poison() {
        return poison;
    }

    private synchronized void next() {
        String[] flight = flights.get(row++ % flights.size());
        if (poisoned && row % POISON_EVERY == 0) {
            producer.send(new ProducerRecord<>(topicOf(flight[2]), flight[2], POISON + poison++), this::sent);
        }
        send(flight[2], flight[3], false);
    }

    private void send(String origin, String destination, boolean audit) {
        long sequence = sequences.merge(origin, 1L, Long::sum) - 1;
        boolean wanted = audit || sequence % AUDIT_EVERY == AUDIT_EVERY - 1;
        Entry entry = new Entry(destination, sequence, random.nextLong(), wanted);
        producer.send(
                new ProducerRecord<>(
                        topicOf(origin), origin, JsonMapper.shared().writeValueAsString(entry)),
                this::sent);
        sent++;
    }

    private void sent(RecordMetadata metadata, Exception error) {
        if (error != null) {
            failure = new IllegalStateException("The feed lost a record", error);
        }
    }

    private String topicOf(String key) {
        return topics.get(Math.floorMod(key.hashCode(), topics.size()));
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    /** Stops, asks once more for the whole state of every origin, and returns how many records there are in all. */
    long finish() {
        running = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            for (String origin : List.copyOf(sequences.keySet())) {
                send(origin, "END", true);
            }
            producer.flush();
            if (failure != null) {
                throw failure;
            }
            return sent;
        }
    }

    @Override
    public void close() {
        running = false;
        producer.close();
    }
}
