package io.tidemark.boot.autoconfigure;

import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.boot.actuate.CheckpointHistory;
import io.tidemark.boot.actuate.CheckpointsEndpoint;
import io.tidemark.boot.actuate.ProcessorsEndpoint;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The endpoints; exposed only where the application exposes them, and read-only unless it says otherwise. */
@AutoConfiguration(after = TidemarkAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(TidemarkProcessors.class)
public final class TidemarkActuatorAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint
    ProcessorsEndpoint tidemarkProcessorsEndpoint(TidemarkProcessors processors, ApplicationEventPublisher events) {
        return new ProcessorsEndpoint(processors, events);
    }

    /** Needed only where somebody can ask for it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnAvailableEndpoint(endpoint = CheckpointsEndpoint.class)
    static class Checkpoints {

        @Bean
        @ConditionalOnMissingBean
        CheckpointHistory tidemarkCheckpointHistory() {
            return new CheckpointHistory(InstantSource.system());
        }

        @Bean
        @ConditionalOnMissingBean
        CheckpointsEndpoint tidemarkCheckpointsEndpoint(
                ObjectProvider<TidemarkProcessors> processors, CheckpointHistory history) {
            return new CheckpointsEndpoint(processors.getObject(), history);
        }
    }
}
