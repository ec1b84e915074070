package io.tidemark.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.boot.RuntimeEventPublisher;
import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.boot.autoconfigure.TidemarkAutoConfigurationTest.Counting;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.runtime.ProcessingRuntime;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import tools.jackson.databind.json.JsonMapper;

/** Which context runs a processor, and which beans it works with. */
class ContextsAndCollaboratorsTest {

    @TempDir
    private static Path directory;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    KafkaAutoConfiguration.class,
                    StateCodecsAutoConfiguration.class,
                    TidemarkAutoConfiguration.class,
                    TidemarkActuatorAutoConfiguration.class,
                    TidemarkHealthAutoConfiguration.class,
                    TidemarkMetricsAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class))
            .withPropertyValues(
                    "spring.application.name=test-app",
                    "tidemark.auto-startup=false",
                    "tidemark.state.allow-temp-dir=true",
                    "tidemark.state.dir=" + directory,
                    "management.endpoints.web.exposure.include=processors");

    @Test
    void shouldRunTheProcessorsOfAChild() {
        runner.run(parent -> runner.withParent(parent)
                .withUserConfiguration(Counting.class)
                .run(child -> {
                    assertThat(processors(parent)).isEmpty();
                    assertThat(processors(child).orElseThrow().definitions()).hasSize(1);
                    assertThat(child.getBean(RuntimeEventPublisher.class))
                            .isNotSameAs(parent.getBean(RuntimeEventPublisher.class));
                }));
    }

    @Test
    void shouldLeaveTheProcessorsOfAParentToTheParent() {
        runner.withUserConfiguration(Counting.class)
                .run(parent -> runner.withParent(parent)
                        .run(child -> assertThat(child.getBean(TidemarkProcessors.class))
                                .as("what an endpoint of the child shows")
                                .isSameAs(parent.getBean(TidemarkProcessors.class))));
    }

    @Test
    void shouldNotStartWhereNobodyWouldRunTheProcessors() {
        runner.run(parent -> new ApplicationContextRunner()
                .withParent(parent)
                .withUserConfiguration(Counting.class)
                .run(child -> assertThat(child)
                        .getFailure()
                        .isInstanceOf(EnvironmentRefused.class)
                        .hasMessageContaining("The processors [countsBean] are in context")
                        .hasMessageContaining("nobody would run them")));
    }

    private static Optional<ProcessingRuntime> processors(ApplicationContext context) {
        return context.getBean(TidemarkProcessors.class).runtime();
    }

    /** The only one, the primary one, or none: never one that nobody meant. */
    @Test
    void shouldNotChooseAmongCollaborators() {
        ConsumerFactory<String, String> consumers = new DefaultKafkaConsumerFactory<>(Map.of());
        runner.withUserConfiguration(Counting.class)
                .withBean("one", JsonMapper.class, JsonMapper::shared)
                .withBean("other", JsonMapper.class, JsonMapper::shared)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(EnvironmentRefused.class)
                        .hasMessageContaining("several beans of type JsonMapper")
                        .hasMessageContaining("[one, other]"));
        runner.withUserConfiguration(Counting.class)
                .withBean("one", JsonMapper.class, JsonMapper::shared)
                .withBean("other", JsonMapper.class, JsonMapper::shared, bean -> bean.setPrimary(true))
                .run(context -> assertThat(context).hasNotFailed());
        runner.withUserConfiguration(Counting.class)
                .withBean("east", ConsumerFactory.class, () -> consumers)
                .withBean("west", ConsumerFactory.class, () -> consumers)
                .run(context -> assertThat(context).getFailure().hasMessageContaining("east,west"));
        runner.withUserConfiguration(Counting.class)
                .withBean("east", ConsumerFactory.class, () -> consumers)
                .withBean("west", ConsumerFactory.class, () -> consumers, bean -> bean.setPrimary(true))
                .withPropertyValues("tidemark.processors.counts.consumer-factory=east")
                .run(context -> assertThat(context).hasNotFailed());
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues("tidemark.processors.counts.producer-factory=north")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(EnvironmentRefused.class)
                        .hasMessageContaining("tidemark.processors.counts.producer-factory=north names no bean"));
        runner.withUserConfiguration(Counting.class)
                .withBean("a", KafkaAdmin.class, () -> new KafkaAdmin(Map.of()))
                .withBean("b", KafkaAdmin.class, () -> new KafkaAdmin(Map.of()))
                .run(context -> assertThat(context).getFailure().hasMessageContaining("of type KafkaAdmin"));
    }
}
