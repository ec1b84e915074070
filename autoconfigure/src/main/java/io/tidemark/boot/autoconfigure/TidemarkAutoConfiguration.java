package io.tidemark.boot.autoconfigure;

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
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
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
    @ConditionalOnMissingBean
    ProcessorBeans tidemarkProcessorBeans(ConfigurableListableBeanFactory factory) {
        return new ProcessorBeans(factory);
    }

    /** What happens in the runtime, as application events. */
    @Bean
    @ConditionalOnMissingBean
    RuntimeEventPublisher tidemarkEventPublisher(ApplicationEventPublisher events) {
        return new RuntimeEventPublisher(events, TidemarkLifecycle.PHASE - 1);
    }

    @Bean
    @ConditionalOnMissingBean(TidemarkProcessors.class)
    TidemarkLifecycle tidemarkLifecycle(
            TidemarkProperties properties,
            Environment environment,
            ConfigurableListableBeanFactory factory,
            ApplicationContext context,
            ObjectProvider<ProcessorBeans> beans,
            ObjectProvider<JsonMapper> json,
            ObjectProvider<KafkaAdmin> admin,
            ObjectProvider<RuntimeListener> listeners,
            ObjectProvider<FailureClassifier> classifiers) {
        ProcessorOverrides overrides = new ProcessorOverrides(environment);
        Function<String, Supplier<RecordFormat>> formats = id -> {
            TidemarkProperties.Processor processor = overrides.of(id);
            JsonMapper mapper = json.getIfUnique(JsonMapper::shared);
            return () -> new KafkaRecordFormat(
                    consumerFactory(factory, processor.consumerFactory()),
                    producerFactory(factory, processor.producerFactory()),
                    mapper);
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
                id -> clients(factory, overrides.of(id), admin),
                listeners);
    }

    private static KafkaClients clients(
            ConfigurableListableBeanFactory factory,
            TidemarkProperties.Processor processor,
            ObjectProvider<KafkaAdmin> admins) {
        ConsumerFactory<?, ?> consumers = consumerFactory(factory, processor.consumerFactory());
        // A processor on a named cluster is administered there, with that cluster's connection settings.
        KafkaAdmin admin = processor.consumerFactory() == null ? admins.getIfUnique() : null;
        Supplier<Map<String, Object>> adminConfiguration = () -> admin == null
                ? AdminConfiguration.of(consumers.getConfigurationProperties())
                : admin.getConfigurationProperties();
        boolean mayCreate =
                factory.getBean(Environment.class).getProperty("spring.kafka.admin.auto-create", Boolean.class, true);
        return new SpringKafkaClients(
                consumers,
                producerFactory(factory, processor.producerFactory()),
                adminConfiguration,
                AdminConfiguration::of,
                mayCreate);
    }

    private static ConsumerFactory<?, ?> consumerFactory(BeanFactory factory, @Nullable String name) {
        return name == null ? factory.getBean(ConsumerFactory.class) : factory.getBean(name, ConsumerFactory.class);
    }

    private static ProducerFactory<?, ?> producerFactory(BeanFactory factory, @Nullable String name) {
        return name == null ? factory.getBean(ProducerFactory.class) : factory.getBean(name, ProducerFactory.class);
    }
}
