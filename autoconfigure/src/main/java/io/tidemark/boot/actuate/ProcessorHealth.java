package io.tidemark.boot.actuate;

import io.tidemark.runtime.ProcessorStatus;
import io.tidemark.runtime.TaskStatus;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of one processor: UP while it runs, restoring included; DOWN when it failed, a task is refused, or a
 * record keeps failing; OUT_OF_SERVICE while it waits
 * for an upgrade or is stopped.
 */
final class ProcessorHealth implements HealthIndicator {

    private final Supplier<ProcessorStatus> processor;

    ProcessorHealth(Supplier<ProcessorStatus> processor) {
        this.processor = processor;
    }

    @Override
    public Health health() {
        ProcessorStatus status = processor.get();
        Health.Builder health = Health.status(statusOf(status)).withDetail("state", status.state());
        if (status.message() != null) {
            health.withDetail("message", status.message());
        }
        Map<TaskStatus.Phase, Long> tasks = status.tasks().stream()
                .collect(Collectors.groupingBy(TaskStatus::phase, TreeMap::new, Collectors.counting()));
        health.withDetail("tasks", tasks);
        String trouble = status.tasks().stream()
                .map(TaskStatus::message)
                .filter(message -> message != null)
                .collect(Collectors.joining(" "));
        String workers = status.workers().stream()
                .map(worker -> worker.trouble())
                .filter(message -> message != null)
                .collect(Collectors.joining(" "));
        if (!workers.isEmpty()) {
            health.withDetail("trouble", workers);
        }
        if (!trouble.isEmpty()) {
            health.withDetail("refused", trouble);
        }
        return health.build();
    }

    private static Status statusOf(ProcessorStatus status) {
        boolean refused = has(status, TaskStatus.Phase.REFUSED)
                || has(status, TaskStatus.Phase.ISOLATED)
                || status.workers().stream().anyMatch(worker -> worker.trouble() != null)
                || status.tasks().stream()
                        .anyMatch(task -> task.phase() == TaskStatus.Phase.RESTORING && task.message() != null);
        return switch (status.state()) {
            case FAILED, RESTARTING -> Status.DOWN;
            case STOPPED -> Status.OUT_OF_SERVICE;
            case STARTING, RUNNING ->
                refused
                        ? Status.DOWN
                        : has(status, TaskStatus.Phase.AWAITING_UPGRADE) ? Status.OUT_OF_SERVICE : Status.UP;
        };
    }

    private static boolean has(ProcessorStatus status, TaskStatus.@Nullable Phase phase) {
        return status.tasks().stream().anyMatch(task -> task.phase() == phase);
    }
}
