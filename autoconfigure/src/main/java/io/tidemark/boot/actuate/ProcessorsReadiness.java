package io.tidemark.boot.actuate;

import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.ProcessorStatus;
import io.tidemark.runtime.TaskStatus;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether this instance has taken up its work: OUT_OF_SERVICE while a processor starts, one of its workers is no member of its group
 * (because it joins, waits to be made anew, or failed for good), or a task is restored. Meant for readiness only: a restore is nothing to be
 * restarted for, and what is broken shows in the main indicator.
 */
public final class ProcessorsReadiness implements HealthIndicator {

    private static final Set<TaskStatus.Phase> ON_THE_WAY =
            Set.of(TaskStatus.Phase.RESTORING, TaskStatus.Phase.INCOMPLETE);

    private final TidemarkProcessors processors;

    public ProcessorsReadiness(TidemarkProcessors processors) {
        this.processors = processors;
    }

    @Override
    public Health health() {
        ProcessingRuntime runtime = processors.runtime().orElse(null);
        if (runtime == null) {
            return Health.up().build();
        }
        Map<String, String> onTheWay = new TreeMap<>();
        runtime.status().forEach((id, status) -> {
            String what = onTheWay(status);
            if (!what.isEmpty()) {
                onTheWay.put(id, what);
            }
        });
        return onTheWay.isEmpty()
                ? Health.up().build()
                : Health.outOfService().withDetails(onTheWay).build();
    }

    /** What keeps a processor from its work; empty when nothing does. */
    static String onTheWay(ProcessorStatus status) {
        if (status.state() == ProcessorStatus.State.STARTING) {
            return "starting";
        }
        if (status.workers().stream().anyMatch(worker -> !worker.member())) {
            return status.state() == ProcessorStatus.State.FAILED ? "failed" : "not in its group";
        }
        long tasks = status.tasks().stream()
                .filter(task -> ON_THE_WAY.contains(task.phase()))
                .count();
        return tasks == 0 ? "" : tasks + " of " + status.tasks().size() + " tasks are being restored";
    }
}
