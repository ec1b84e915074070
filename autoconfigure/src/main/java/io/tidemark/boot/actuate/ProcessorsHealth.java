package io.tidemark.boot.actuate;

import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.ProcessorStatus;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;

/** One health indicator per processor, looked up when asked: the processors are known only after all beans are. */
public final class ProcessorsHealth implements CompositeHealthContributor {

    private final TidemarkProcessors processors;

    public ProcessorsHealth(TidemarkProcessors processors) {
        this.processors = processors;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return ids().contains(name) ? indicator(name) : null;
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return ids().stream().map(id -> new HealthContributors.Entry(id, indicator(id)));
    }

    private List<String> ids() {
        return processors
                .runtime()
                .map(ProcessingRuntime::definitions)
                .map(all -> all.stream().map(definition -> definition.id()).toList())
                .orElse(List.of());
    }

    private ProcessorHealth indicator(String id) {
        return new ProcessorHealth(() ->
                processors.runtime().flatMap(runtime -> runtime.status(id)).orElse(ProcessorStatus.stopped(id)));
    }
}
