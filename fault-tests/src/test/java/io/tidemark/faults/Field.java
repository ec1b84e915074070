package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * One application under fire: its topics, the feed, the verifier and its instances, each with a name and a disk of its own that outlives
 * its process.
 */
final class Field implements AutoCloseable {

    static final int PARTITIONS = 4;
    /** What the name of a second input topic ends with. */
    static final String SECOND = ".2";

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int PER_SECOND = 200;

    private final Kafka broker;
    private final String application;
    private final Path home;
    private final int partitions;
    private final List<String> inputs;
    private final String out;
    private final FlightFeed feed;
    private final Verifier verifier;
    private final Map<String, AppProcess> instances = new LinkedHashMap<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private List<Path> classPath = List.of();
    private final List<String> jvmOptions = new ArrayList<>();
    private String letters;
    private Class<?> main = LedgerApplication.class;

    Field(Kafka broker, String name) {
        this(broker, name, PARTITIONS);
    }

    Field(Kafka broker, String name, int partitions) {
        this(broker, name, unique(name), partitions, 1);
    }

    /** With a second input topic; a key is always in the same one. */
    static Field withTwoInputs(Kafka broker, String name) {
        return new Field(broker, name, unique(name), PARTITIONS, 2).withMain(TwoTopicsApplication.class);
    }

    private static String unique(String name) {
        return name + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private Field(Kafka broker, String name, String application, int partitions, int topics) {
        this.broker = broker;
        this.application = application;
        this.partitions = partitions;
        this.home = Brokers.directory(name);
        String in = application + ".flights";
        this.inputs = topics == 1 ? List.of(in) : List.of(in, in + SECOND);
        this.out = application + ".lines";
        try (Admin admin = admin()) {
            List<NewTopic> all = new ArrayList<>(List.of(new NewTopic(out, 2, broker.replicas())));
            inputs.forEach(input -> all.add(new NewTopic(input, partitions, broker.replicas())));
            admin.createTopics(all).all().get();
            // clients that ask too early see topics without partitions, or with some
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
                for (String input : inputs) {
                    assertThat(partitionsOf(admin, input)).isEqualTo(partitions);
                }
                assertThat(partitionsOf(admin, out)).isEqualTo(2);
            });
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        this.feed = new FlightFeed(broker.direct(), inputs, PER_SECOND, application.hashCode());
        this.verifier = new Verifier(broker.direct(), inputs, out);
        with("spring.application.name", application);
        with("spring.kafka.bootstrap-servers", broker.direct());
        with("spring.kafka.consumer.auto-offset-reset", "earliest");
        // as small as may be, so that deltas with ballast are sent in several chunks
        with("spring.kafka.producer.properties.max.request.size", "65536");
        with("spring.kafka.consumer.properties.reconnect.backoff.max.ms", "300");
        with("spring.kafka.producer.properties.reconnect.backoff.max.ms", "300");
        with("spring.main.banner-mode", "off");
        with("tidemark.state.allow-temp-dir", "true");
        with("tidemark.state.memory", "32MB");
        with("tidemark.group.session-timeout", "4s");
        with("tidemark.group.heartbeat-interval", "500ms");
        with("tidemark.checkpoint.transaction-timeout", "6s");
        with("tidemark.processors.ledger.concurrency", "2");
        with("ledger.in", in);
        with("ledger.out", out);
    }

    /** Another life under the same names: everything this one left in Kafka is deleted, its disks stay. It must be closed. */
    Field reborn() throws Exception {
        try (Admin admin = admin()) {
            // static members stay until their session ends
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() ->
                            admin.deleteConsumerGroups(List.of(group())).all().get() == null);
            admin.deleteTopics(topics()).all().get();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(admin.listTopics().names().get()).doesNotContainAnyElementsOf(topics()));
        }
        return new Field(broker, "reborn", application, PARTITIONS, 1);
    }

    private static int partitionsOf(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size();
    }

    /** Changes a property for instances that start from now on. */
    Field with(String property, String value) {
        settings.put(property, value);
        return this;
    }

    /** Leaves a property as the product has it. */
    Field withDefault(String property) {
        settings.remove(property);
        return this;
    }

    /** Instances come to the broker through its proxy. */
    Field behindProxy() {
        return with("spring.kafka.bootstrap-servers", broker.proxied());
    }

    /** Classes that stand before the product's own, for instances that start from now on. */
    Field withClasses(Path directory) {
        classPath = List.of(directory);
        return this;
    }

    /** Among the flights are records nobody can read; they go to a dead-letter topic, each exactly once. */
    Field withPoison() {
        letters = application + ".letters";
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(letters, 1, broker.replicas())))
                    .all()
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        feed.addPoison();
        return with("tidemark.on-error", "dead-letter").with("tidemark.dead-letter-topic", letters);
    }

    /** How often instances that start from now on write their stores. */
    Field withFoldInterval(Duration interval) {
        jvmOptions.add(Failpoints.optionForFoldInterval(interval));
        return this;
    }

    /** Instances that start from now on have bases, and batches of a restore, as large as the product's. */
    Field withBaseOfTheProduct() {
        jvmOptions.add(Failpoints.optionForBaseOfTheProduct());
        return this;
    }

    /** Instances that start from now on run another application, which keeps the same ledger. */
    Field withMain(Class<?> application) {
        main = application;
        return this;
    }

    AppProcess start(String name) {
        return start(name, List.of());
    }

    AppProcess start(String name, List<String> options) {
        return start(name, disk(name), options);
    }

    AppProcess start(String name, Path disk, List<String> options) {
        List<String> arguments = new ArrayList<>();
        settings.forEach((property, value) -> arguments.add("--" + property + "=" + value));
        arguments.add("--tidemark.state.dir=" + disk);
        List<String> all = new ArrayList<>(jvmOptions);
        all.addAll(options);
        AppProcess instance = AppProcess.start(name, main, classPath, all, arguments, home.resolve(name + ".log"));
        instances.put(name, instance);
        return instance;
    }

    AppProcess instance(String name) {
        return instances.get(name);
    }

    /** Where an instance keeps its state. */
    Path disk(String name) {
        return home.resolve("disk-" + name);
    }

    void loseDisk(String name) {
        delete(disk(name));
    }

    static void delete(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String application() {
        return application;
    }

    String group() {
        return application + ".ledger";
    }

    String changelog() {
        return group() + ".changelog";
    }

    private List<String> topics() {
        List<String> topics = new ArrayList<>(inputs);
        topics.addAll(List.of(out, changelog()));
        return topics;
    }

    String out() {
        return out;
    }

    String in() {
        return inputs.get(0);
    }

    /** Where the partition ends. */
    long endOf(String topic, int partition) {
        TopicPartition which = new TopicPartition(topic, partition);
        try (Admin admin = admin()) {
            return admin.listOffsets(Map.of(which, OffsetSpec.latest()))
                    .partitionResult(which)
                    .get()
                    .offset();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the group has committed, by partition. */
    Map<TopicPartition, OffsetAndMetadata> committed() {
        try (Admin admin = admin()) {
            return admin.listConsumerGroupOffsets(group())
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    FlightFeed feed() {
        return feed;
    }

    Verifier verifier() {
        return verifier;
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.direct()));
    }

    /** Every partition gets on, and nothing is wrong. */
    void awaitProgress() {
        verifier.awaitProgress(PATIENCE);
    }

    /** Every changelog partition was cut to a base of its own: rounds of the rolling base came to their ends. */
    void awaitTrimmedChangelogs() {
        Map<TopicPartition, OffsetSpec> starts = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(changelog(), partition), partition -> OffsetSpec.earliest()));
        try (Admin admin = admin()) {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    admin.listOffsets(starts).all().get().values())
                            .allSatisfy(start -> assertThat(start.offset()).isPositive()));
        }
    }

    /** The end: no more input, every line is there and right, nothing is left open; then the instances stop, in order. */
    void finish() {
        long records = feed.finish();
        verifier.awaitComplete(records, PATIENCE);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(openTransactions()).isEmpty();
            assertThat(heldBack()).isEmpty();
        });
        instances.values().stream().filter(instance -> instance.jvm().isAlive()).forEach(AppProcess::stop);
        verifier.awaitComplete(records, PATIENCE);
        verifier.assertNothingLeft();
        if (letters != null) {
            assertThat(letters()).hasSize(Math.toIntExact(feed.poison())).doesNotHaveDuplicates();
        }
        assertThat(openTransactions()).isEmpty();
        assertThat(heldBack()).isEmpty();
    }

    /** Values of all committed dead letters. */
    private List<String> letters() {
        TopicPartition all = new TopicPartition(letters, 0);
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.direct(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(all));
            consumer.seekToBeginning(List.of(all));
            long end = consumer.endOffsets(List.of(all)).get(all);
            while (consumer.position(all) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(letter -> values.add(letter.value()));
            }
        }
        return values;
    }

    /** Waits until the broker knows no transactional id of the application any more. */
    void awaitNoTransactionalIds() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            try (Admin admin = admin()) {
                assertThat(admin.listTransactions().all().get())
                        .filteredOn(listing -> listing.transactionalId().startsWith(group()))
                        .isEmpty();
            }
        });
    }

    /** Transactions of the application that are not over. */
    private List<String> openTransactions() {
        try (Admin admin = admin()) {
            Set<TransactionState> over =
                    Set.of(TransactionState.EMPTY, TransactionState.COMPLETE_COMMIT, TransactionState.COMPLETE_ABORT);
            return admin.listTransactions().all().get().stream()
                    .filter(listing -> listing.transactionalId().startsWith(group()) && !over.contains(listing.state()))
                    .map(TransactionListing::toString)
                    .toList();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Partitions whose last stable offset is not their end. */
    private Map<TopicPartition, Long> heldBack() {
        try (Admin admin = admin()) {
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            admin.describeTopics(topics())
                    .allTopicNames()
                    .get()
                    .values()
                    .forEach(topic -> topic.partitions()
                            .forEach(partition -> ends.put(
                                    new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest())));
            Map<TopicPartition, ListOffsetsResultInfo> all =
                    admin.listOffsets(ends).all().get();
            Map<TopicPartition, ListOffsetsResultInfo> stable = admin.listOffsets(
                            ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get();
            Map<TopicPartition, Long> held = new HashMap<>();
            all.forEach((partition, end) -> {
                long behind = end.offset() - stable.get(partition).offset();
                if (behind > 0) {
                    held.put(partition, behind);
                }
            });
            return held;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        instances.values().forEach(AppProcess::close);
        feed.close();
        verifier.close();
    }
}
