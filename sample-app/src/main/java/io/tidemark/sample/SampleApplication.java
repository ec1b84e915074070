package io.tidemark.sample;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/** An ordinary Spring Boot application. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SampleApplication {

    private static final int PARTITIONS = 4;

    public static void main(String[] args) {
        SpringApplication.run(SampleApplication.class, args);
    }

    @Bean
    KafkaAdmin.NewTopics topics() {
        return new KafkaAdmin.NewTopics(topic(Topics.FLIGHTS), topic(Topics.STATISTICS), topic(Topics.ALERTS));
    }

    private static NewTopic topic(String name) {
        return TopicBuilder.name(name)
                .partitions(PARTITIONS)
                // The flights are of 2001: any limit by time would delete them at once.
                .config(TopicConfig.RETENTION_MS_CONFIG, "-1")
                .build();
    }
}
