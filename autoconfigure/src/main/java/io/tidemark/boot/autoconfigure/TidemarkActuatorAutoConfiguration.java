package io.tidemark.boot.autoconfigure;

import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.boot.actuate.ProcessorsEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The read-only endpoint of the processors; exposed only where the application exposes it. */
@AutoConfiguration(after = TidemarkAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(TidemarkProcessors.class)
public final class TidemarkActuatorAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint
    ProcessorsEndpoint tidemarkProcessorsEndpoint(TidemarkProcessors processors) {
        return new ProcessorsEndpoint(processors);
    }
}
