package io.tidemark.dev;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An embedded Kafka for development. Never switched on by itself.
 *
 * @param embeddedKafka Whether to run a Kafka broker inside the application and connect to it.
 * @param kafkaDir Directory of the broker's data; it stays over restarts.
 * @param kafkaPort Port of the broker on the loopback interface; 0 takes a free one.
 */
@ConfigurationProperties("tidemark.dev")
public record EmbeddedKafkaProperties(
        @DefaultValue("false") boolean embeddedKafka,
        @DefaultValue(".tidemark/kafka") Path kafkaDir,
        @DefaultValue("0") int kafkaPort) {}
