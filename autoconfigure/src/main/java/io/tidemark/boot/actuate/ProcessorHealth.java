package io.tidemark.boot.actuate;

import io.tidemark.runtime.ProcessorStatus;
import io.tidemark.runtime.TaskStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of one processor: UP while it runs, restoring included; DOWN when it failed, a task is refused, a record keeps failing, or what a
 * record needs is away; OUT_OF_SERVICE while it waits for an upgrade or is stopped.
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
        String workers = status.workers().stream()
                .map(worker -> worker.trouble())
                .filter(message -> message != null)
                .collect(Collectors.joining(" "));
        if (status.heldBack() != null) {
            health.withDetail("heldBack", status.heldBack());
        }
        if (!workers.isEmpty()) {
            health.withDetail("trouble", workers);
        }
        for (TaskStatus.Phase phase : TaskStatus.Phase.values()) {
            String message = first(status, phase);
            if (!message.isEmpty()) {
                health.withDetail(key(phase), message);
            }
        }
        return health.build();
    }

    private static String key(TaskStatus.Phase phase) {
        return phase == TaskStatus.Phase.AWAITING_UPGRADE
                ? "awaitingUpgrade"
                : phase.name().toLowerCase(Locale.ROOT);
    }

    /** What happened to many tasks at once is told once. */
    private static String first(ProcessorStatus status, TaskStatus.Phase phase) {
        List<String> messages = status.tasks().stream()
                .filter(task -> task.phase() == phase)
                .map(TaskStatus::message)
                .filter(Objects::nonNull)
                .toList();
        if (messages.isEmpty()) {
            return "";
        }
        int more = messages.size() - 1;
        return messages.get(0) + (more == 0 ? "" : " (and " + more + " more " + (more == 1 ? "task" : "tasks") + ")");
    }

    private static Status statusOf(ProcessorStatus status) {
        boolean refused = has(status, TaskStatus.Phase.REFUSED)
                || has(status, TaskStatus.Phase.ISOLATED)
                || has(status, TaskStatus.Phase.WAITING)
                || status.workers().stream().anyMatch(worker -> worker.trouble() != null)
                || status.tasks().stream()
                        .anyMatch(task -> task.message() != null
                                && (task.phase() == TaskStatus.Phase.RESTORING
                                        || task.phase() == TaskStatus.Phase.INCOMPLETE));
        return switch (status.state()) {
            case FAILED, RESTARTING -> Status.DOWN;
            case REFUSED -> has(status, TaskStatus.Phase.REFUSED) ? Status.DOWN : Status.OUT_OF_SERVICE;
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
