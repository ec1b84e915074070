package io.tidemark.boot.actuate;

import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.ProcessorStatus;
import io.tidemark.runtime.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether this instance has taken up its work: OUT_OF_SERVICE while a processor starts, one of its workers is no member of its group
 * (because it joins, waits to be made anew, or failed for good), or a task does not process yet, as the policy says. Meant for readiness
 * only: a restore is nothing to be restarted for.
 */
public final class ProcessorsReadiness implements HealthIndicator {

    private final TidemarkProcessors processors;
    private final ReadinessPolicy policy;

    public ProcessorsReadiness(TidemarkProcessors processors, ReadinessPolicy policy) {
        this.processors = processors;
        this.policy = policy;
    }

    @Override
    public Health health() {
        ProcessingRuntime runtime = processors.runtime().orElse(null);
        if (runtime == null) {
            return Health.up().build();
        }
        Map<String, String> onTheWay = new TreeMap<>();
        runtime.status().forEach((id, status) -> {
            String what = onTheWay(status, policy);
            if (!what.isEmpty()) {
                onTheWay.put(id, what);
            }
        });
        return onTheWay.isEmpty()
                ? Health.up().build()
                : Health.outOfService().withDetails(onTheWay).build();
    }

    /** What keeps a processor from its work; empty when nothing does. */
    static String onTheWay(ProcessorStatus status, ReadinessPolicy policy) {
        if (status.state() == ProcessorStatus.State.STARTING) {
            return "starting";
        }
        if (status.workers().stream().anyMatch(worker -> !worker.member())) {
            return status.state() == ProcessorStatus.State.FAILED ? "failed" : "not in its group";
        }
        if (policy == ReadinessPolicy.JOINED) {
            return "";
        }
        List<String> reasons = new ArrayList<>();
        for (TaskStatus.Phase phase : TaskStatus.Phase.values()) {
            String what = onTheWay(phase, policy);
            List<TaskStatus> tasks = status.tasks().stream()
                    .filter(task -> task.phase() == phase)
                    .toList();
            if (what != null && !tasks.isEmpty()) {
                String first = tasks.get(0).message();
                reasons.add(tasks.size() + " of " + status.tasks().size() + " tasks " + what
                        + (first == null ? "" : ": " + first));
            }
        }
        return String.join("; ", reasons);
    }

    private static @Nullable String onTheWay(TaskStatus.Phase phase, ReadinessPolicy policy) {
        return switch (phase) {
            case RESTORING -> "are being restored";
            case INCOMPLETE -> "wait for the rest of their inputs";
            case REFUSED -> policy == ReadinessPolicy.TASKS_RUN ? "are refused" : null;
            case AWAITING_UPGRADE -> policy == ReadinessPolicy.TASKS_RUN ? "wait for an upgrade" : null;
            case RUNNING, RETRYING, WAITING, ISOLATED -> null; // of single records: no other version is to blame
        };
    }
}
