package io.tidemark.boot.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tidemark.api.FailureKind;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.ProcessorStatus;
import io.tidemark.runtime.RecordTotals;
import io.tidemark.runtime.RuntimeEvent;
import io.tidemark.runtime.RuntimeListener;
import io.tidemark.runtime.TaskStatus;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Binds the meters of all processors: counts are read from the workers' own totals when scraped, so a record costs no meter; events
 * feed the timers.
 */
public final class TidemarkMetrics implements MeterBinder, RuntimeListener {

    private final Supplier<TidemarkProcessors> processors;
    private final Map<String, Long> lastCompleted = new ConcurrentHashMap<>();
    private volatile @Nullable MeterRegistry registry;
    private final Map<String, String> groups = new ConcurrentHashMap<>();

    public TidemarkMetrics(Supplier<TidemarkProcessors> processors) {
        this.processors = processors;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        processors.get().whenReady(running -> {
            running.definitions().forEach(definition -> groups.put(definition.id(), running.groupId(definition.id())));
            this.registry = registry;
            running.definitions().forEach(definition -> bind(registry, running, definition));
            Gauge.builder("tidemark.state.memory.used", running, ProcessingRuntime::storeMemoryUsed)
                    .description("Memory of all local stores together, outside the heap: caches and write buffers")
                    .baseUnit("bytes")
                    .register(registry);
        });
    }

    private void bind(MeterRegistry registry, ProcessingRuntime running, ProcessorDefinition definition) {
        String id = definition.id();
        counter(
                registry,
                running,
                id,
                "tidemark.records.in",
                "Records processed",
                status -> status.records().in());
        counter(
                registry,
                running,
                id,
                "tidemark.records.out",
                "Records sent",
                status -> status.records().out());
        for (FailureKind kind : FailureKind.values()) {
            FunctionCounter.builder("tidemark.record.failures", running, r -> failures(status(r, id), kind))
                    .description("Failed attempts at records by kind: whether trying again can help")
                    .tags(tags(id).and("kind", kind.name().toLowerCase(Locale.ROOT)))
                    .register(registry);
        }
        failed(registry, running, id, "retry", records -> records.failed());
        failed(registry, running, id, "skip", records -> records.skipped());
        failed(registry, running, id, "dead_letter", records -> records.deadLettered());
        Gauge.builder("tidemark.records.lag", running, r -> lag(status(r, id)))
                .description(
                        "Records that wait for the tasks of this instance, whatever keeps them, and in partitions no instance has")
                .tags(tags(id))
                .register(registry);
        for (TaskStatus.Phase phase : TaskStatus.Phase.values()) {
            Gauge.builder("tidemark.tasks", running, r -> tasks(status(r, id), phase))
                    .description("Tasks of this instance by phase")
                    .tags(tags(id).and("state", phase.name().toLowerCase(Locale.ROOT)))
                    .register(registry);
        }
        Gauge.builder("tidemark.checkpoint.last.completed", lastCompleted, last -> last.getOrDefault(id, 0L) / 1000.0)
                .description("When the last checkpoint was committed, in seconds since the epoch")
                .tags(tags(id))
                .baseUnit("seconds")
                .register(registry);
    }

    private void failed(
            MeterRegistry registry,
            ProcessingRuntime running,
            String id,
            String action,
            ToLongFunction<RecordTotals> value) {
        FunctionCounter.builder("tidemark.records.failed", running, r ->
                        (double) value.applyAsLong(status(r, id).records()))
                .description("Failed attempts at records (retry), and records given up by what became of them")
                .tags(tags(id).and("action", action))
                .register(registry);
    }

    private void counter(
            MeterRegistry registry,
            ProcessingRuntime running,
            String id,
            String name,
            String description,
            ToLongFunction<ProcessorStatus> value) {
        FunctionCounter.builder(name, running, r -> (double) value.applyAsLong(status(r, id)))
                .description(description)
                .tags(tags(id))
                .register(registry);
    }

    @Override
    public void on(RuntimeEvent event) {
        MeterRegistry to = registry;
        if (to == null) {
            return;
        }
        if (event instanceof RuntimeEvent.CheckpointCommitted committed) {
            lastCompleted.put(event.processor(), System.currentTimeMillis());
            checkpoint(to, event.processor()).record(committed.took());
            DistributionSummary.builder("tidemark.checkpoint.size")
                    .description("Changelog bytes of a checkpoint")
                    .baseUnit("bytes")
                    .tags(tags(event.processor()))
                    .register(to)
                    .record((double) committed.bytes());
        } else if (event instanceof RuntimeEvent.CheckpointAborted) {
            abandoned(to, event.processor(), "void");
        } else if (event instanceof RuntimeEvent.ProducerReplaced) {
            abandoned(to, event.processor(), "unknown");
        } else if (event instanceof RuntimeEvent.TaskRestored restored) {
            Tags tags = tags(event.processor())
                    .and("source", restored.source().name().toLowerCase(Locale.ROOT));
            Timer.builder("tidemark.restore")
                    .description("From assignment to ready")
                    .tags(tags)
                    .register(to)
                    .record(restored.took());
            DistributionSummary.builder("tidemark.restore.size")
                    .description("Changelog bytes read by a restore")
                    .baseUnit("bytes")
                    .tags(tags)
                    .register(to)
                    .record((double) restored.bytes());
        }
    }

    private void abandoned(MeterRegistry to, String processor, String reason) {
        Counter.builder("tidemark.transaction.aborted")
                .description("Attempts that did not commit, or whose outcome the committed pointers had to decide")
                .tags(tags(processor).and("reason", reason))
                .register(to)
                .increment();
    }

    private Timer checkpoint(MeterRegistry to, String processor) {
        return Timer.builder("tidemark.checkpoint")
                .description("From the trigger of a checkpoint to its decision")
                .tags(tags(processor).and("outcome", "committed"))
                .register(to);
    }

    private Tags tags(String processor) {
        return Tags.of("processor", processor, "group", groups.getOrDefault(processor, ""));
    }

    private static ProcessorStatus status(ProcessingRuntime running, String id) {
        return running.status(id).orElseThrow();
    }

    /** Not a number while the lag of any task is unknown: a sum that leaves tasks out would look healthy. */
    private static double lag(ProcessorStatus status) {
        long lag = status.lag();
        return lag < 0 ? Double.NaN : (double) lag;
    }

    private static double failures(ProcessorStatus status, FailureKind kind) {
        return (double) status.records().failures().getOrDefault(kind, 0L);
    }

    private static double tasks(ProcessorStatus status, TaskStatus.Phase phase) {
        return (double)
                status.tasks().stream().filter(task -> task.phase() == phase).count();
    }
}
