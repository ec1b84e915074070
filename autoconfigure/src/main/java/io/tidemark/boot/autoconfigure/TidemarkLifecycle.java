package io.tidemark.boot.autoconfigure;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.boot.ProcessorBean;
import io.tidemark.boot.ProcessorDefinitionReader;
import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.ProcessorSettings;
import io.tidemark.runtime.RuntimeListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Reads the processors once all beans are there, starts them with the application, and stops them after message listeners and the web
 * server have drained, so that whatever calls a processor's beans is quiet by then.
 */
final class TidemarkLifecycle implements SmartInitializingSingleton, SmartLifecycle, TidemarkProcessors {

    /** Below the web server's phases, which lie 1024 and 2048 below the default, and the listeners' above them: stopped after both. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3072;

    private final TidemarkProperties properties;
    private final Environment environment;
    private final SettingsMapper settings;
    private final ProcessorDefinitionReader reader;
    private final ObjectProvider<ProcessorBeans> beans;
    private final Function<String, KafkaClients> clients;
    private final Supplier<List<RuntimeListener>> listeners;
    private final List<Consumer<ProcessingRuntime>> waiting = new ArrayList<>();
    private volatile @Nullable ProcessingRuntime runtime;

    TidemarkLifecycle(
            TidemarkProperties properties,
            Environment environment,
            SettingsMapper settings,
            ProcessorDefinitionReader reader,
            ObjectProvider<ProcessorBeans> beans,
            Function<String, KafkaClients> clients,
            Supplier<List<RuntimeListener>> listeners) {
        this.properties = properties;
        this.environment = environment;
        this.settings = settings;
        this.reader = reader;
        this.beans = beans;
        this.clients = clients;
        this.listeners = listeners;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<ProcessorBean> found = beans.getObject().find();
        if (found.isEmpty()) {
            return;
        }
        List<ProcessorDefinition> definitions = reader.read(found);
        checkNames(definitions);
        Map<String, ProcessorSettings> each = new HashMap<>();
        Map<String, KafkaClients> kafka = new HashMap<>();
        for (ProcessorDefinition definition : definitions) {
            KafkaClients own = clients.apply(definition.id());
            kafka.put(definition.id(), own);
            each.put(definition.id(), settings.processor(definition, own));
        }
        kafka.values().stream().findFirst().ifPresent(settings::warnAboutForced);
        ProcessingRuntime made = new ProcessingRuntime(settings.runtime(), definitions, each, kafka, listeners.get());
        List<Consumer<ProcessingRuntime>> told;
        synchronized (waiting) {
            runtime = made;
            told = List.copyOf(waiting);
            waiting.clear();
        }
        told.forEach(action -> action.accept(made));
    }

    private void checkNames(List<ProcessorDefinition> definitions) {
        List<String> ids =
                definitions.stream().map(definition -> definition.id()).sorted().toList();
        List<String> problems = environment instanceof ConfigurableEnvironment all
                ? UnknownProperties.of(all, ids).problems()
                : List.of();
        if (!problems.isEmpty()) {
            throw new EnvironmentRefused(
                    "Settings are misspelled, or of another version: " + String.join("; ", problems)
                            + ". There are processors " + ids + ".",
                    "Correct or remove them; docs/properties.md lists what there is.",
                    null);
        }
    }

    @Override
    public Optional<ProcessingRuntime> runtime() {
        return Optional.ofNullable(runtime);
    }

    @Override
    public void whenReady(Consumer<ProcessingRuntime> action) {
        ProcessingRuntime ready;
        synchronized (waiting) {
            ready = runtime;
            if (ready == null) {
                waiting.add(action);
            }
        }
        if (ready != null) {
            action.accept(ready);
        }
    }

    @Override
    public boolean isAutoStartup() {
        return properties.autoStartup();
    }

    @Override
    public void start() {
        runtime().ifPresent(ProcessingRuntime::start);
    }

    @Override
    public void stop() {
        runtime().ifPresent(ProcessingRuntime::stop);
    }

    @Override
    public boolean isRunning() {
        return runtime().map(ProcessingRuntime::isRunning).orElse(false);
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
