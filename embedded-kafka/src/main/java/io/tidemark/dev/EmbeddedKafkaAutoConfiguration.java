package io.tidemark.dev;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Starts the broker while beans are made and publishes where it is, so that everything that speaks to Kafka finds it. Stopped after
 * everything that uses it.
 */
@AutoConfiguration(before = KafkaAutoConfiguration.class)
@ConditionalOnBooleanProperty("tidemark.dev.embedded-kafka")
@EnableConfigurationProperties(EmbeddedKafkaProperties.class)
public final class EmbeddedKafkaAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedKafkaAutoConfiguration.class);

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    EmbeddedKafka embeddedKafka(EmbeddedKafkaProperties properties, Environment environment) {
        BrokerLogging.quieten(environment, LoggingSystem.get(EmbeddedKafka.class.getClassLoader()));
        EmbeddedKafka kafka = EmbeddedKafka.start(properties.kafkaDir(), properties.kafkaPort());
        log.info(
                "Embedded Kafka for development at {}, data in {}",
                kafka.bootstrapServers(),
                properties.kafkaDir().toAbsolutePath().normalize());
        return kafka;
    }

    @Bean
    @ConditionalOnMissingBean(KafkaConnectionDetails.class)
    KafkaConnectionDetails embeddedKafkaConnectionDetails(EmbeddedKafka kafka) {
        return () -> List.of(kafka.bootstrapServers());
    }
}
