package io.tidemark.boot.autoconfigure;

import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.boot.actuate.ProcessorsHealth;
import io.tidemark.boot.actuate.ProcessorsReadiness;
import io.tidemark.boot.actuate.ReadinessGroup;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.context.annotation.Bean;

/** Health {@code tidemark} with one child per processor, and {@code tidemarkReadiness} in the readiness group only. */
@AutoConfiguration(
        after = TidemarkAutoConfiguration.class,
        // the readiness group is made by a post-processor of the lowest order: ours comes after it by being registered
        // later
        afterName =
                "org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration")
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(TidemarkProcessors.class)
public final class TidemarkHealthAutoConfiguration {

    /** What health makes of the bean's name below. */
    private static final String READINESS = "tidemarkReadiness";

    @Bean
    @ConditionalOnMissingBean(name = "tidemarkHealthContributor")
    @ConditionalOnEnabledHealthIndicator("tidemark")
    CompositeHealthContributor tidemarkHealthContributor(TidemarkProcessors processors) {
        return new ProcessorsHealth(processors);
    }

    @Bean
    @ConditionalOnMissingBean(name = "tidemarkReadinessHealthIndicator")
    @ConditionalOnEnabledHealthIndicator("tidemark")
    ProcessorsReadiness tidemarkReadinessHealthIndicator(TidemarkProcessors processors, TidemarkProperties properties) {
        return new ProcessorsReadiness(processors, properties.health().readiness());
    }

    @Bean
    ReadinessGroup tidemarkReadinessGroup() {
        return new ReadinessGroup(READINESS);
    }
}
