package io.tidemark.boot.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Settings of single processors. Each is bound under its own id: as the key of a map, an id with dashes can be written in files only,
 * because the name of an environment variable does not say where they were.
 */
final class ProcessorOverrides {

    private final Binder binder;
    private final Map<String, TidemarkProperties.Processor> byId = new ConcurrentHashMap<>();

    ProcessorOverrides(Environment environment) {
        this.binder = Binder.get(environment);
    }

    /** What is set for the processor; defaults for what is not. */
    TidemarkProperties.Processor of(String id) {
        return byId.computeIfAbsent(
                id,
                own -> binder.bindOrCreate(
                        "tidemark.processors." + own, Bindable.of(TidemarkProperties.Processor.class)));
    }
}
