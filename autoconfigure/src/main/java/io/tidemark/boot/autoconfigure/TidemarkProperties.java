package io.tidemark.boot.autoconfigure;

import io.tidemark.api.OnNewerState;
import io.tidemark.boot.actuate.ReadinessPolicy;
import io.tidemark.kafka.GroupProtocol;
import io.tidemark.runtime.ErrorPolicy;
import io.tidemark.runtime.StateBackend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
 * @param instanceId Name of this instance that outlives its disk, such as that of its pod; no two instances may have the same at a time. Kept in the state directory when not set.
 * @param autoStartup Whether processors start with the application.
 * @param onError What becomes of a record that failed as often as it may.
 * @param deadLetterTopic Topic for records given up with on-error=dead-letter. Defaults to the record's topic with -dlt after it.
 * @param onNewerState What becomes of state that another version has written since, when this one would have to leave something out.
 * @param state Where state lives on this machine.
 * @param checkpoint When state, offsets and output are committed.
 * @param outputs Topics processors send to.
 * @param retry How often a record that fails is tried.
 * @param restart What follows the failure of a worker.
 * @param group How workers are members of their consumer group.
 * @param watchdog When a worker counts as stuck.
 * @param shutdown How processors stop with the application.
 * @param actuator What the actuator may do.
 * @param health What health says.
 * @param debug Aids for finding mistakes, off by default.
 * @param processors Settings of single processors by id; what is left out is taken from above.
 */
@ConfigurationProperties("tidemark")
public record TidemarkProperties(
        @Nullable String applicationId,
        @Nullable String instanceId,
        @DefaultValue("true") boolean autoStartup,
        @DefaultValue("fail") ErrorPolicy onError,
        @Nullable String deadLetterTopic,
        @DefaultValue("wait") OnNewerState onNewerState,
        @DefaultValue State state,
        @DefaultValue Checkpoint checkpoint,
        @DefaultValue Outputs outputs,
        @DefaultValue Retry retry,
        @DefaultValue Restart restart,
        @DefaultValue Group group,
        @DefaultValue Watchdog watchdog,
        @DefaultValue Shutdown shutdown,
        @DefaultValue Actuator actuator,
        @DefaultValue Health health,
        @DefaultValue Debug debug,
        @DefaultValue Map<String, Processor> processors) {

    /**
     * Where state lives on this machine.
     *
     * @param backend Store of committed state: on disk, or on the heap, where every start restores from the changelog.
     * @param dir Local directory of this instance. Deleting it costs a restore from the changelog, never data.
     * @param allowTempDir Whether the directory may lie in the operating system's temporary directory, which it may wipe at any time.
     * @param memory Memory of all RocksDB instances together, outside the heap. Derived from the machine's or container's memory when not set.
     * @param scrub Whether each store is read and its checksums verified when it is opened; damage is found at once, at the price of reading everything.
     * @param catchUp How long a restart with its local stores may take to read again what they lag behind the changelog, about. More time writes values that change often less often, and takes more memory.
     * @param keepUnused How long the local store of a task that is somebody else's now is kept, so that it may come back without reading everything.
     */
    public record State(
            @DefaultValue("rocksdb") StateBackend backend,
            @DefaultValue(".tidemark/state") Path dir,
            @DefaultValue("false") boolean allowTempDir,
            @Nullable DataSize memory,
            @DefaultValue("false") boolean scrub,
            @DefaultValue("24h") Duration keepUnused,
            @DefaultValue("1s") Duration catchUp) {}

    /**
     * When state, offsets and output are committed.
     *
     * @param interval Longest time between two checkpoints while there is work to commit.
     * @param maxRecords Records after which a checkpoint is due at once.
     * @param maxBytes Estimated size of changed state after which a checkpoint is due at once.
     * @param minSpacing Shortest time between two checkpoints that are due only because the processor caught up.
     * @param transactionTimeout How long a transaction may stay open before the broker ends it; at least three intervals.
     * @param revocationTimeout How long the checkpoint of partitions that go to another worker may take before it is given up and their records are processed again there.
     */
    public record Checkpoint(
            @DefaultValue("100ms") Duration interval,
            @DefaultValue("100000") int maxRecords,
            @DefaultValue("16MB") DataSize maxBytes,
            @DefaultValue("10ms") Duration minSpacing,
            @DefaultValue("15s") Duration transactionTimeout,
            @DefaultValue("5s") Duration revocationTimeout) {}

    /**
     * Topics processors send to.
     *
     * @param autoCreate Whether a topic that does not exist is created, with the cluster's default number of partitions and copies. Otherwise a start with a missing one is refused, whatever the cluster does with unknown topics.
     */
    public record Outputs(@DefaultValue("false") boolean autoCreate) {}

    /**
     * How often a record that fails is tried. Each failed attempt is undone; what becomes of the record in the end says on-error.
     *
     * @param maxAttempts How often a record is tried.
     * @param backoff Pause before the second attempt; doubles with each further one.
     * @param maxBackoff Longest pause between two attempts.
     * @param never Exception classes after which a record is not tried again but left to on-error at once. Subclasses and causes count; goes before what is built in.
     * @param later Exception classes that say that something is away: the record is tried again until it is back, whatever on-error says.
     * @param again Exception classes after which a record is tried again as often as max-attempts says.
     */
    public record Retry(
            @DefaultValue("3") int maxAttempts,
            @DefaultValue("500ms") Duration backoff,
            @DefaultValue("30s") Duration maxBackoff,
            @DefaultValue List<String> never,
            @DefaultValue List<String> later,
            @DefaultValue List<String> again) {}

    /**
     * What follows the failure of a worker, which is not the failure of a record: lost connections, missing topics and the like.
     *
     * @param strategy Whether and when a worker that failed is started again.
     * @param attempts Restarts in a row before a worker is given up, with fixed-delay and exponential. Unlimited when not set.
     * @param delay Pause before a restart; with exponential the first one.
     * @param maxDelay Where exponential pauses stop growing.
     * @param multiplier How much longer each exponential pause is than the one before.
     * @param failures Failures allowed within the window, with failure-rate.
     * @param window Time in which failures are counted, with failure-rate.
     */
    public record Restart(
            @DefaultValue("exponential") Strategy strategy,
            @Nullable Integer attempts,
            @DefaultValue("1s") Duration delay,
            @DefaultValue("30s") Duration maxDelay,
            @DefaultValue("2") double multiplier,
            @DefaultValue("10") int failures,
            @DefaultValue("5m") Duration window) {

        /** Names of the strategies. */
        public enum Strategy {
            NONE,
            FIXED_DELAY,
            EXPONENTIAL,
            FAILURE_RATE
        }
    }

    /**
     * How workers are members of their consumer group.
     *
     * @param protocol Group protocol: classic, or consumer, where the broker assigns partitions and sets the timeouts.
     * @param staticMembership Whether a restart keeps its place in the group, so that nothing moves meanwhile.
     * @param sessionTimeout How long a silent member keeps its partitions; the broker's own with the consumer protocol.
     * @param heartbeatInterval How often a member says that it lives; the broker's own with the consumer protocol.
     */
    public record Group(
            @DefaultValue("classic") GroupProtocol protocol,
            @DefaultValue("true") boolean staticMembership,
            @DefaultValue("15s") Duration sessionTimeout,
            @DefaultValue("1s") Duration heartbeatInterval) {}

    /**
     * When a worker counts as stuck.
     *
     * @param stuckAfter How long a worker may be busy with one thing before that is logged with its stack and health is DOWN.
     */
    public record Watchdog(@DefaultValue("30s") Duration stuckAfter) {}

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
     * What the actuator may do.
     *
     * @param writes Whether endpoints may change anything, for example take a checkpoint. Only the default of management.endpoint.*.access.
     */
    public record Actuator(@DefaultValue("false") boolean writes) {}

    /**
     * What health says.
     *
     * @param readiness When this instance is ready: once each of its tasks processes, once those that may are restored, or once its workers have joined their groups.
     */
    public record Health(@DefaultValue("tasks-run") ReadinessPolicy readiness) {}

    /**
     * Aids for finding mistakes.
     *
     * @param verifyValues Whether every value that is set is written and read again at once, and values changed in place are found. Slow.
     * @param checkPlacement Whether to warn about records whose key belongs to another partition by Kafka's default partitioner.
     */
    public record Debug(
            @DefaultValue("false") boolean verifyValues,
            @DefaultValue("false") boolean checkPlacement) {}

    /**
     * Settings of one processor.
     *
     * @param concurrency Workers of this processor on this instance; each is a thread with a consumer and a producer.
     * @param startFrom Where the processor starts without any history: earliest, latest, by_duration:PT24H (so long before the start of the application), a time such as 2026-01-31T12:00:00Z, or none (it is refused). Defaults to spring.kafka.consumer.auto-offset-reset, else earliest.
     * @param adoptInputs Topics that were added to the processor's inputs although it has state, each with where it starts, such as rates@latest; without that where start-from says. Has no effect once it is done.
     * @param retireInputs Topics that were inputs of the processor and are not read any more; what is unread there is never processed.
     * @param dropStates Stored states that no handler declares any more and that are to be deleted.
     * @param onNewerState Overrides tidemark.on-newer-state.
     * @param onError Overrides tidemark.on-error.
     * @param deadLetterTopic Overrides tidemark.dead-letter-topic.
     * @param checkpointInterval Overrides tidemark.checkpoint.interval.
     * @param maxAttempts Overrides tidemark.retry.max-attempts.
     * @param groupProtocol Overrides tidemark.group.protocol.
     * @param consumerFactory Name of the ConsumerFactory bean whose cluster is read; the primary one when not set.
     * @param producerFactory Name of the ProducerFactory bean of the same cluster; the primary one when not set.
     */
    public record Processor(
            @DefaultValue("1") int concurrency,
            @Nullable String startFrom,
            @DefaultValue List<String> adoptInputs,
            @DefaultValue Set<String> retireInputs,
            @DefaultValue Set<String> dropStates,
            @Nullable OnNewerState onNewerState,
            @Nullable ErrorPolicy onError,
            @Nullable String deadLetterTopic,
            @Nullable Duration checkpointInterval,
            @Nullable Integer maxAttempts,
            @Nullable GroupProtocol groupProtocol,
            @Nullable String consumerFactory,
            @Nullable String producerFactory) {}
}
