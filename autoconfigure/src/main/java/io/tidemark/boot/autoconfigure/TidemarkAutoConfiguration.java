package io.tidemark.boot.autoconfigure;

import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.api.FailureClassifier;
import io.tidemark.boot.KafkaRecordFormat;
import io.tidemark.boot.ProcessorDefinitionReader;
import io.tidemark.boot.RecordFormat;
import io.tidemark.boot.RuntimeEventPublisher;
import io.tidemark.boot.SpringKafkaClients;
import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.kafka.KafkaClients;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.RuntimeListener;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs every bean annotated with {@link io.tidemark.annotation.KeyedProcessor}. Without such a bean nothing is started and no directory
 * is touched.
 */
@AutoConfiguration(after = KafkaAutoConfiguration.class)
@ConditionalOnClass({ConsumerFactory.class, ProcessingRuntime.class})
@EnableConfigurationProperties(TidemarkProperties.class)
public final class TidemarkAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    ProcessorBeans tidemarkProcessorBeans(ConfigurableListableBeanFactory factory) {
        return new ProcessorBeans(factory);
    }

    @Bean
    StrayProcessors tidemarkStrayProcessors(ApplicationContext context) {
        return new StrayProcessors(context);
    }

    /**
     * A context whose ancestor runs processors leaves them to it, unless it has some of its own: by default, what an ancestor has would
     * keep a child from having the same, and its processors would never run.
     */
    static final class OnOwnProcessors extends AnyNestedCondition {

        OnOwnProcessors() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnMissingBean(TidemarkProcessors.class)
        static class NoneAbove {}

        @ConditionalOnBean(annotation = KeyedProcessor.class, search = SearchStrategy.CURRENT)
        static class Own {}
    }

    /** What happens in the runtime, as application events. */
    @Bean
    @Conditional(OnOwnProcessors.class)
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    RuntimeEventPublisher tidemarkEventPublisher(ApplicationEventPublisher events) {
        return new RuntimeEventPublisher(events, TidemarkLifecycle.PHASE - 1);
    }

    @Bean
    @Conditional(OnOwnProcessors.class)
    @ConditionalOnMissingBean(value = TidemarkProcessors.class, search = SearchStrategy.CURRENT)
    TidemarkLifecycle tidemarkLifecycle(
            TidemarkProperties properties,
            Environment environment,
            ConfigurableListableBeanFactory factory,
            ApplicationContext context,
            ObjectProvider<ProcessorBeans> beans,
            ObjectProvider<RuntimeListener> listeners,
            ObjectProvider<FailureClassifier> classifiers) {
        Collaborators collaborators = new Collaborators(factory);
        ProcessorOverrides overrides = new ProcessorOverrides(environment);
        Function<String, Supplier<RecordFormat>> formats = id -> {
            TidemarkProperties.Processor processor = overrides.of(id);
            JsonMapper mapper = collaborators.json();
            ConsumerFactory<?, ?> consumers = collaborators.consumers(id, processor);
            ProducerFactory<?, ?> producers = collaborators.producers(id, processor);
            return () -> new KafkaRecordFormat(consumers, producers, mapper);
        };
        EmbeddedValueResolver embedded = new EmbeddedValueResolver(factory);
        UnaryOperator<String> resolver = text -> {
            String value = embedded.resolveStringValue(text);
            return value == null ? "" : value;
        };
        ProcessorDefinitionReader reader = new ProcessorDefinitionReader(
                formats, resolver, id -> overrides.of(id).dropStates(), new StateCodecBeans(factory).source());
        return new TidemarkLifecycle(
                properties,
                environment,
                new SettingsMapper(
                        properties,
                        overrides,
                        environment,
                        context.getId() + " (" + context.getDisplayName() + ")",
                        () -> classifiers.orderedStream().toList()),
                reader,
                beans,
                id -> clients(collaborators, id, overrides.of(id), environment),
                () -> listeners
                        .orderedStream()
                        .filter(listener -> !isOfAnAncestor(listener, factory))
                        .toList());
    }

    /** Events go up to ancestors by themselves. */
    private static boolean isOfAnAncestor(RuntimeListener listener, ConfigurableListableBeanFactory factory) {
        return listener instanceof RuntimeEventPublisher
                && !factory.getBeansOfType(RuntimeEventPublisher.class).containsValue(listener);
    }

    private static KafkaClients clients(
            Collaborators collaborators, String id, TidemarkProperties.Processor processor, Environment environment) {
        ConsumerFactory<?, ?> consumers = collaborators.consumers(id, processor);
        // A processor on a named cluster is administered there, with that cluster's connection settings.
        KafkaAdmin admin = processor.consumerFactory() == null ? collaborators.admin() : null;
        Supplier<Map<String, Object>> adminConfiguration = () -> admin == null
                ? AdminConfiguration.of(consumers.getConfigurationProperties())
                : admin.getConfigurationProperties();
        return new SpringKafkaClients(
                consumers,
                collaborators.producers(id, processor),
                adminConfiguration,
                AdminConfiguration::of,
                environment.getProperty("spring.kafka.admin.auto-create", Boolean.class, true));
    }
}
