package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the committed input and the committed output while everything around it falls, recomputes each line of the ledger and compares.
 * A gap, a repeat or a wrong sum is named the moment it is read.
 */
final class Verifier implements AutoCloseable {

    private final KafkaConsumer<String, String> consumer;
    private final List<String> inputs;
    private final Map<String, Book> books = new HashMap<>();
    private final AtomicLongArray matched;
    private final AtomicLongArray lastMatch;
    private final AtomicLongArray pauses;
    private final Thread thread;
    private volatile boolean running = true;
    private volatile String violation;

    /** What the ledger must say about one origin, and what it said. */
    private static final class Book {
        final int partition;
        final Deque<Line> expected = new ArrayDeque<>();
        final Deque<Line> said = new ArrayDeque<>();
        private final Map<String, Long> destinations = new HashMap<>();
        private final List<Long> recent = new ArrayList<>();
        private long count;
        private long xor;

        Book(int partition) {
            this.partition = partition;
        }

        void add(Entry entry) {
            if (entry.sequence() != count) {
                throw new IllegalStateException("The feed sent " + entry.sequence() + " after " + count + " records");
            }
            count++;
            xor ^= entry.nonce();
            long there = destinations.merge(entry.destination(), 1L, Long::sum);
            if (entry.sequence() % Line.RECENT == 0) {
                recent.clear();
            }
            recent.add(entry.nonce());
            long digest = 0;
            if (entry.audit()) {
                for (Map.Entry<String, Long> destination : destinations.entrySet()) {
                    digest += Line.digest(destination.getKey(), destination.getValue());
                }
            }
            expected.add(new Line(
                    count,
                    xor,
                    entry.sequence(),
                    there,
                    entry.audit() ? List.copyOf(recent) : List.of(),
                    true,
                    entry.audit() ? digest : null));
        }
    }

    Verifier(String bootstrapServers, List<String> inputs, String out) {
        this.inputs = inputs;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "fetch.max.wait.ms",
                        50,
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer());
        int partitions = consumer.partitionsFor(inputs.get(0)).size();
        this.matched = new AtomicLongArray(partitions);
        this.lastMatch = new AtomicLongArray(partitions);
        this.pauses = new AtomicLongArray(partitions);
        List<TopicPartition> all = Stream.concat(inputs.stream(), Stream.of(out))
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        this.thread = new Thread(this::run, "verifier");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        JsonMapper json = JsonMapper.shared();
        try {
            while (running) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(50))) {
                    if (record.value().startsWith(FlightFeed.POISON)) {
                        continue; // nobody can read it, and the ledger does not mention it
                    }
                    if (inputs.contains(record.topic())) {
                        Book book = books.computeIfAbsent(record.key(), key -> new Book(record.partition()));
                        book.add(json.readValue(record.value(), Entry.class));
                        match(record.key(), book);
                    } else {
                        // The output may be read before its input; the input's partition is learnt then.
                        Line line = json.readValue(record.value(), Line.class);
                        Book book = books.get(record.key());
                        if (book == null) {
                            unknown(record.key(), line);
                        } else {
                            book.said.add(line);
                            match(record.key(), book);
                        }
                    }
                }
            }
        } catch (RuntimeException e) {
            violation(e.toString());
        } finally {
            consumer.close();
        }
    }

    private final Map<String, List<Line>> early = new HashMap<>();

    private void unknown(String key, Line line) {
        early.computeIfAbsent(key, k -> new ArrayList<>()).add(line);
    }

    private void match(String key, Book book) {
        List<Line> before = early.remove(key);
        if (before != null) {
            for (int i = before.size() - 1; i >= 0; i--) {
                book.said.addFirst(before.get(i));
            }
        }
        while (!book.expected.isEmpty() && !book.said.isEmpty()) {
            Line expected = book.expected.poll();
            Line said = book.said.poll();
            if (!expected.equals(said)) {
                String what = said.count() < expected.count()
                        ? "repeats"
                        : said.count() > expected.count() ? "leaves out" : "is wrong about";
                violation("The ledger " + what + " a flight of " + key + ": expected " + expected + ", said " + said);
            }
            matched.incrementAndGet(book.partition);
            long now = System.nanoTime();
            pauses.accumulateAndGet(book.partition, now - lastMatch.getAndSet(book.partition, now), Math::max);
        }
    }

    private void violation(String message) {
        if (violation == null) {
            violation = message;
        }
    }

    /** Lines that were right so far, by partition of the input. */
    long[] matched() {
        long[] now = new long[matched.length()];
        for (int i = 0; i < now.length; i++) {
            now[i] = matched.get(i);
        }
        return now;
    }

    long total() {
        long total = 0;
        for (long each : matched()) {
            total += each;
        }
        return total;
    }

    /** Measures from now on how long a partition stands still. */
    void watchPauses() {
        long now = System.nanoTime();
        for (int i = 0; i < pauses.length(); i++) {
            lastMatch.set(i, now);
            pauses.set(i, 0);
        }
    }

    /** The longest time without a new line of some partition since {@link #watchPauses}. */
    Duration longestPause() {
        long longest = 0;
        for (int i = 0; i < pauses.length(); i++) {
            longest = Math.max(longest, Math.max(pauses.get(i), System.nanoTime() - lastMatch.get(i)));
        }
        return Duration.ofNanos(longest);
    }

    /** What was found to be wrong first, if anything. */
    String violation() {
        return violation;
    }

    void assertSound() {
        assertThat(violation).isNull();
    }

    /** Waits until every partition has got on by some lines, none of them wrong. */
    void awaitProgress(Duration patience) {
        awaitProgress(matched(), patience);
    }

    void awaitProgress(long[] since, Duration patience) {
        await().atMost(patience).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            assertSound();
            long[] now = matched();
            for (int i = 0; i < now.length; i++) {
                assertThat(now[i]).as("lines of partition %d", i).isGreaterThan(since[i] + 10);
            }
        });
        assertSound();
    }

    /** Waits until every line is there, none missing, none too many. */
    void awaitComplete(long records, Duration patience) {
        await().atMost(patience).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            assertSound();
            assertThat(total()).isEqualTo(records);
        });
    }

    /** After everything was read: what is left over. */
    void assertNothingLeft() {
        close();
        assertSound();
        assertThat(early).isEmpty();
        books.forEach((key, book) -> {
            assertThat(book.expected).as("missing lines of %s", key).isEmpty();
            assertThat(book.said).as("surplus lines of %s", key).isEmpty();
        });
    }

    @Override
    public void close() {
        running = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
