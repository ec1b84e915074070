package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * State grows far beyond the memory it may use; what RocksDB counts stays inside {@code tidemark.state.memory}, and what the operating
 * system counts does not grow beyond that and the heap, which is as large as it may be from the start.
 */
@Tag("soak")
class StateMemoryIT {

    private static final long MINUTES = Long.getLong("soak.minutes", 10);
    private static final long BUDGET = 64L << 20;
    /** Code, threads, buffers of the clients, and what malloc keeps of what RocksDB has freed. */
    private static final long REST = 96L << 20;

    private static final int PARTITIONS = 16;
    private static final int KEYS = 500_000;
    private static final int PER_SECOND = 8_000;

    /** What was seen at one moment. */
    private record Sample(long second, long stores, long resident, long records, long disk) {}

    @Test
    void shouldStayInsideItsMemory() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "the operating system does not tell");
        String in = "hoard-" + System.nanoTime() + ".orders";
        Path home = Brokers.directory("hoard");
        createTopic(in);
        try (ChildJvm app = start(in, home);
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", Brokers.shared().direct(), "linger.ms", 20),
                        new StringSerializer(),
                        new StringSerializer())) {
            app.awaitLine(0, "Started HoardApplication", Duration.ofSeconds(60));
            TimeUnit.SECONDS.sleep(2);
            long before = resident(app);
            List<Sample> samples = feed(producer, in, app, home.resolve("state"));
            report(before, samples);

            Sample last = samples.get(samples.size() - 1);
            assertThat(last.disk()).as("state on disk").isGreaterThan(MINUTES >= 5 ? 4 * BUDGET : 0);
            assertThat(samples).allSatisfy(sample -> {
                assertThat(sample.stores())
                        .as("RocksDB, second %d", sample.second())
                        .isLessThanOrEqualTo(BUDGET);
                assertThat(sample.resident() - before)
                        .as("growth of the process, second %d", sample.second())
                        .isLessThan(BUDGET + REST);
            });
            // what grows slowly would be missed by a limit: the second half is no higher than the first
            assertThat(highest(samples.subList(samples.size() / 2, samples.size())))
                    .isLessThan(highest(samples.subList(samples.size() / 4, samples.size() / 2)) + (24L << 20));
        }
    }

    private static ChildJvm start(String in, Path home) {
        return ChildJvm.start(
                "hoard",
                List.of(),
                List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"),
                HoardApplication.class.getName(),
                List.of(
                        "--spring.application.name=hoard-" + in,
                        "--spring.kafka.bootstrap-servers=" + Brokers.shared().direct(),
                        "--spring.kafka.consumer.auto-offset-reset=earliest",
                        "--spring.main.banner-mode=off",
                        "--tidemark.state.memory=" + (BUDGET >> 20) + "MB",
                        "--tidemark.state.allow-temp-dir=true",
                        "--tidemark.state.dir=" + home.resolve("state"),
                        "--tidemark.processors.hoard.concurrency=2",
                        "--hoard.in=" + in),
                home.resolve("hoard.log"));
    }

    private static void createTopic(String name) throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", Brokers.shared().direct()))) {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        TimeUnit.SECONDS.sleep(2);
    }

    private static List<Sample> feed(KafkaProducer<String, String> producer, String in, ChildJvm app, Path state)
            throws InterruptedException {
        Random random = new Random(17);
        List<Sample> samples = new ArrayList<>();
        long start = System.nanoTime();
        for (long second = 1; second <= MINUTES * 60; second++) {
            int mark = app.mark();
            for (int i = 0; i < PER_SECOND; i++) {
                producer.send(
                        new ProducerRecord<>(in, "key-" + random.nextInt(KEYS), "order-" + random.nextInt(1_000)));
            }
            long left = start + TimeUnit.SECONDS.toNanos(second) - System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(Math.max(0, left));
            String[] said = app.awaitLine(mark, HoardApplication.MEMORY, Duration.ofSeconds(30))
                    .substring(HoardApplication.MEMORY.length())
                    .split(" ");
            samples.add(new Sample(
                    second,
                    Long.parseLong(said[0]),
                    resident(app),
                    Long.parseLong(said[2]),
                    second % 60 == 0 ? size(state) : -1));
        }
        return samples;
    }

    private static long highest(List<Sample> samples) {
        return samples.stream().mapToLong(Sample::resident).max().orElseThrow();
    }

    private static void report(long before, List<Sample> samples) {
        System.out.printf("process before the first record: %d MB%n", before >> 20);
        for (Sample sample : samples) {
            if (sample.disk() >= 0) {
                System.out.printf(
                        "after %2d min: RocksDB %d MB, process %d MB, %d records, %d MB on disk%n",
                        sample.second() / 60,
                        sample.stores() >> 20,
                        sample.resident() >> 20,
                        sample.records(),
                        sample.disk() >> 20);
            }
        }
    }

    private static long resident(ChildJvm app) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(app.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            return all.mapToLong(path -> path.toFile().length()).sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // RocksDB deletes files meanwhile
        }
    }
}
