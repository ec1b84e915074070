package io.tidemark.boot.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.boot.metrics.TidemarkMetrics;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Meters of the processors. */
@AutoConfiguration(
        after = TidemarkAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, TidemarkProcessors.class})
public final class TidemarkMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    TidemarkMetrics tidemarkMetrics(ObjectProvider<TidemarkProcessors> processors) {
        return new TidemarkMetrics(processors::getObject);
    }
}
