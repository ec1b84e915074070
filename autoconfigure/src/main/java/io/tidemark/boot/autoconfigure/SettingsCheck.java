package io.tidemark.boot.autoconfigure;

import io.tidemark.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Looks for settings of one processor that make no sense, by themselves or beside each other; each problem names its property. */
final class SettingsCheck {

    /** As the broker wants them. */
    private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

    private static final long LEAST_MEMORY_MB = 8;
    private static final int MOST_WORKERS = 1_000;

    private final TidemarkProperties properties;
    private final String own;
    private final TidemarkProperties.Processor processor;
    private final List<String> problems;

    SettingsCheck(
            TidemarkProperties properties, String id, TidemarkProperties.Processor processor, List<String> problems) {
        this.properties = properties;
        this.own = "tidemark.processors." + id + ".";
        this.processor = processor;
        this.problems = problems;
    }

    void check(KafkaClients clients) {
        checkState();
        checkCheckpoints(clients);
        checkRecords();
        checkRestarts();
        checkGroup();
        between(own + "concurrency", processor.concurrency(), 1, MOST_WORKERS);
        atLeast("tidemark.watchdog.stuck-after", properties.watchdog().stuckAfter(), Duration.ofSeconds(1));
        atLeast("tidemark.shutdown.timeout", properties.shutdown().timeout(), Duration.ofMillis(1));
        checkIdempotence(clients);
    }

    private void checkState() {
        DataSize memory = properties.state().memory();
        if (memory != null && memory.toMegabytes() < LEAST_MEMORY_MB) {
            problems.add("tidemark.state.memory=" + memory + " is below " + LEAST_MEMORY_MB + "MB");
        }
        atLeast("tidemark.state.keep-unused", properties.state().keepUnused(), Duration.ZERO);
        atLeast("tidemark.state.catch-up", properties.state().catchUp(), Duration.ofMillis(1));
    }

    private void checkCheckpoints(KafkaClients clients) {
        TidemarkProperties.Checkpoint checkpoint = properties.checkpoint();
        Duration overridden = processor.checkpointInterval();
        String name = overridden == null ? "tidemark.checkpoint.interval" : own + "checkpoint-interval";
        Duration interval = overridden == null ? checkpoint.interval() : overridden;
        atLeast(name, interval, Duration.ofMillis(1));
        atLeast("tidemark.checkpoint.min-spacing", checkpoint.minSpacing(), Duration.ZERO);
        atLeast("tidemark.checkpoint.revocation-timeout", checkpoint.revocationTimeout(), Duration.ZERO);
        atLeast("tidemark.checkpoint.transaction-timeout", checkpoint.transactionTimeout(), Duration.ofSeconds(1));
        atLeast("tidemark.checkpoint.max-records", checkpoint.maxRecords(), 1);
        if (checkpoint.maxBytes().toBytes() < 1) {
            problems.add("tidemark.checkpoint.max-bytes=" + checkpoint.maxBytes() + " is below 1 byte");
        }
        if (checkpoint.transactionTimeout().compareTo(interval.multipliedBy(3)) < 0) {
            problems.add("tidemark.checkpoint.transaction-timeout=" + checkpoint.transactionTimeout()
                    + " is shorter than three checkpoint intervals (" + name + "=" + interval
                    + "), so the broker would abort transactions that are only slow");
        }
        long maxPoll = number(clients.consumerConfiguration(), ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000);
        if (interval.toMillis() * 2 >= maxPoll) {
            problems.add(name + "=" + interval + " is not below half of max.poll.interval.ms=" + maxPoll);
        }
    }

    private void checkRecords() {
        TidemarkProperties.Retry retry = properties.retry();
        Integer attempts = processor.maxAttempts();
        atLeast(
                attempts == null ? "tidemark.retry.max-attempts" : own + "max-attempts",
                attempts == null ? retry.maxAttempts() : attempts,
                1);
        atLeast("tidemark.retry.backoff", retry.backoff(), Duration.ZERO);
        if (retry.maxBackoff().compareTo(retry.backoff()) < 0) {
            problems.add("tidemark.retry.max-backoff=" + retry.maxBackoff() + " is shorter than tidemark.retry.backoff="
                    + retry.backoff());
        }
        topic("tidemark.dead-letter-topic", properties.deadLetterTopic());
        topic(own + "dead-letter-topic", processor.deadLetterTopic());
        processor.retireInputs().forEach(name -> topic(own + "retire-inputs", name));
    }

    private void checkRestarts() {
        TidemarkProperties.Restart restart = properties.restart();
        atLeast("tidemark.restart.delay", restart.delay(), Duration.ZERO);
        atLeast("tidemark.restart.max-delay", restart.maxDelay(), Duration.ZERO);
        atLeast("tidemark.restart.window", restart.window(), Duration.ofMillis(1));
        atLeast("tidemark.restart.failures", restart.failures(), 1);
        if (restart.attempts() != null) {
            atLeast("tidemark.restart.attempts", restart.attempts(), 0);
        }
        if (!(restart.multiplier() >= 1) || Double.isInfinite(restart.multiplier())) { // NaN is neither
            problems.add("tidemark.restart.multiplier=" + restart.multiplier() + " is no factor of 1 or more");
        }
    }

    private void checkGroup() {
        TidemarkProperties.Group group = properties.group();
        atLeast("tidemark.group.session-timeout", group.sessionTimeout(), Duration.ofMillis(1));
        atLeast("tidemark.group.heartbeat-interval", group.heartbeatInterval(), Duration.ofMillis(1));
        if (group.heartbeatInterval().multipliedBy(3).compareTo(group.sessionTimeout()) > 0) {
            problems.add("tidemark.group.heartbeat-interval=" + group.heartbeatInterval()
                    + " is above a third of tidemark.group.session-timeout=" + group.sessionTimeout());
        }
    }

    /** What would switch idempotence off would switch exactly-once off with it. */
    private void checkIdempotence(KafkaClients clients) {
        Map<String, Object> producer = clients.producerConfiguration();
        if (number(producer, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1 << 20) < 64 << 10) {
            problems.add("max.request.size of the producer is below 64 KB, too small for the changelog");
        }
        Object acks = producer.get(ProducerConfig.ACKS_CONFIG);
        if (acks != null && !acks.toString().equals("all") && !acks.toString().equals("-1")) {
            problems.add("spring.kafka.producer.acks=" + acks + " breaks idempotence; exactly-once needs acks=all");
        }
        if ("false".equals(String.valueOf(producer.get(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG)))) {
            problems.add("enable.idempotence=false switches exactly-once off");
        }
        if (number(producer, ProducerConfig.RETRIES_CONFIG, 1) == 0) {
            problems.add("spring.kafka.producer.retries=0 breaks idempotence; leave retries unset");
        }
        if (number(producer, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5) > 5) {
            problems.add("max.in.flight.requests.per.connection above 5 breaks idempotence");
        }
    }

    private void topic(String name, @Nullable String value) {
        if (value != null && !TOPIC.matcher(value).matches()) {
            problems.add(name + "=" + value + " is no name of a topic: letters, digits, '.', '_' and '-', at most 249");
        }
    }

    private void atLeast(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            problems.add(
                    name + "=" + value + (least.isZero() ? " is negative" : " is below " + least.toMillis() + " ms"));
        }
    }

    private void atLeast(String name, int value, int least) {
        between(name, value, least, Integer.MAX_VALUE);
    }

    private void between(String name, int value, int least, int most) {
        if (value < least) {
            problems.add(name + "=" + value + " is below " + least);
        } else if (value > most) {
            problems.add(name + "=" + value + " is above " + most);
        }
    }

    private static long number(Map<String, Object> config, String name, long absent) {
        Object value = config.get(name);
        return value == null ? absent : Long.parseLong(value.toString());
    }
}
