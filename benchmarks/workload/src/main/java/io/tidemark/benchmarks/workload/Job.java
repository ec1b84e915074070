package io.tidemark.benchmarks.workload;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What every contestant is told, as its arguments.
 *
 * @param servers bootstrap servers
 * @param input topic to read
 * @param output topic to write, which names group and transactions as well
 * @param threads threads that process
 * @param commitMillis time between commits
 * @param directory where it may keep things
 * @param nativeMegabytes memory its store may use outside the heap
 * @param redisPort where Redis listens
 */
public record Job(
        String servers,
        String input,
        String output,
        int threads,
        long commitMillis,
        Path directory,
        long nativeMegabytes,
        int redisPort) {

    public List<String> arguments() {
        return List.of(
                servers,
                input,
                output,
                Integer.toString(threads),
                Long.toString(commitMillis),
                directory.toString(),
                Long.toString(nativeMegabytes),
                Integer.toString(redisPort));
    }

    public static Job of(String[] arguments) {
        return new Job(
                arguments[0],
                arguments[1],
                arguments[2],
                Integer.parseInt(arguments[3]),
                Long.parseLong(arguments[4]),
                Path.of(arguments[5]),
                Long.parseLong(arguments[6]),
                Integer.parseInt(arguments[7]));
    }

    /** What all consumers have in common: large polls of committed records. */
    public static Map<String, String> consumerSettings() {
        return Map.of(
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest",
                "max.poll.records", "5000");
    }

    /** What all producers have in common: batches large enough that requests are not what is measured. */
    public static Map<String, String> producerSettings() {
        return Map.of("linger.ms", "5", "batch.size", "131072");
    }

    public Map<String, Object> consumer() {
        Map<String, Object> settings = new HashMap<>(consumerSettings());
        settings.put("bootstrap.servers", servers);
        settings.put("group.id", output);
        settings.put("enable.auto.commit", "false");
        settings.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        return settings;
    }

    public Map<String, Object> producer() {
        Map<String, Object> settings = new HashMap<>(producerSettings());
        settings.put("bootstrap.servers", servers);
        return settings;
    }
}
