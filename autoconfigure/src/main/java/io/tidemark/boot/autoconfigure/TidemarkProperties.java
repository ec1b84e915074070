package io.tidemark.boot.autoconfigure;

import io.tidemark.kafka.StartFrom;
import io.tidemark.runtime.StateBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of Tidemark. Brokers and security come from {@code spring.kafka} only.
 *
 * @param applicationId Names groups, changelog topics and transactions; never changed once there is state. Defaults to spring.application.name.
 * @param autoStartup Whether processors start with the application.
 * @param state Where state lives on this machine.
 * @param checkpoint When state, offsets and output are committed.
 * @param retry What happens to a record that fails.
 * @param group How workers are members of their consumer group.
 * @param shutdown How processors stop with the application.
 * @param processors Settings of single processors by id; what is left out is taken from above.
 */
@ConfigurationProperties("tidemark")
public record TidemarkProperties(
        @Nullable String applicationId,
        @DefaultValue("true") boolean autoStartup,
        @DefaultValue State state,
        @DefaultValue Checkpoint checkpoint,
        @DefaultValue Retry retry,
        @DefaultValue Group group,
        @DefaultValue Shutdown shutdown,
        @DefaultValue Map<String, Processor> processors) {

    /**
     * Where state lives on this machine.
     *
     * @param backend Store of committed state: on disk, or on the heap, where every start restores from the changelog.
     * @param dir Local directory of this instance. Deleting it costs a restore from the changelog, never data.
     * @param allowTempDir Whether the directory may lie in the operating system's temporary directory, which it may wipe at any time.
     * @param memory Memory of all RocksDB instances together, outside the heap. Derived from the machine's or container's memory when not set.
     */
    public record State(
            @DefaultValue("rocksdb") StateBackend backend,
            @DefaultValue(".tidemark/state") Path dir,
            @DefaultValue("false") boolean allowTempDir,
            @Nullable DataSize memory) {}

    /**
     * When state, offsets and output are committed.
     *
     * @param interval Longest time between two checkpoints while there is work to commit.
     * @param maxRecords Records after which a checkpoint is due at once.
     * @param maxBytes Estimated size of changed state after which a checkpoint is due at once.
     * @param minSpacing Shortest time between two checkpoints that are due only because the processor caught up.
     * @param transactionTimeout How long a transaction may stay open before the broker ends it; at least three intervals.
     */
    public record Checkpoint(
            @DefaultValue("100ms") Duration interval,
            @DefaultValue("100000") int maxRecords,
            @DefaultValue("16MB") DataSize maxBytes,
            @DefaultValue("10ms") Duration minSpacing,
            @DefaultValue("15s") Duration transactionTimeout) {}

    /**
     * What happens to a record that fails: it is undone and tried again; when it keeps failing the processor stops, with everything before
     * it committed.
     *
     * @param maxAttempts How often a record is tried.
     * @param backoff Pause before the second attempt; doubles with each further one.
     */
    public record Retry(
            @DefaultValue("3") int maxAttempts,
            @DefaultValue("500ms") Duration backoff) {}

    /**
     * How workers are members of their consumer group.
     *
     * @param staticMembership Whether a restart keeps its place in the group, so that nothing moves meanwhile.
     * @param sessionTimeout How long a silent member keeps its partitions.
     * @param heartbeatInterval How often a member says that it lives.
     */
    public record Group(
            @DefaultValue("true") boolean staticMembership,
            @DefaultValue("15s") Duration sessionTimeout,
            @DefaultValue("1s") Duration heartbeatInterval) {}

    /**
     * How processors stop with the application.
     *
     * @param timeout How long a stop with its final checkpoint may take; kept below spring.lifecycle.timeout-per-shutdown-phase.
     * @param leaveGroup Whether a stop gives up its partitions at once, for scaling down. Otherwise they wait for a restart until the session times out.
     */
    public record Shutdown(
            @DefaultValue("20s") Duration timeout,
            @DefaultValue("false") boolean leaveGroup) {}

    /**
     * Settings of one processor.
     *
     * @param concurrency Workers of this processor on this instance; each is a thread with a consumer and a producer.
     * @param startFrom Where the processor starts without any history. Defaults to spring.kafka.consumer.auto-offset-reset, else earliest.
     * @param dropStates Stored states that no handler declares any more and that are to be deleted.
     * @param checkpointInterval Overrides tidemark.checkpoint.interval.
     * @param maxAttempts Overrides tidemark.retry.max-attempts.
     * @param consumerFactory Name of the ConsumerFactory bean whose cluster is read; the primary one when not set.
     * @param producerFactory Name of the ProducerFactory bean of the same cluster; the primary one when not set.
     */
    public record Processor(
            @DefaultValue("1") int concurrency,
            @Nullable StartFrom startFrom,
            @DefaultValue Set<String> dropStates,
            @Nullable Duration checkpointInterval,
            @Nullable Integer maxAttempts,
            @Nullable String consumerFactory,
            @Nullable String producerFactory) {

        static Processor defaults() {
            return new Processor(1, null, Set.of(), null, null, null, null);
        }
    }

    Processor processor(String id) {
        return processors.getOrDefault(id, Processor.defaults());
    }
}
