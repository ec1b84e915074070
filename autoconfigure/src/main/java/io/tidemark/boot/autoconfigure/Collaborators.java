package io.tidemark.boot.autoconfigure;

import io.tidemark.error.EnvironmentRefused;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import tools.jackson.databind.json.JsonMapper;

/** The beans of the application that processors work with: the only one, the primary one or the named one, and never another. */
final class Collaborators {

    private final ConfigurableListableBeanFactory factory;

    Collaborators(ConfigurableListableBeanFactory factory) {
        this.factory = factory;
    }

    JsonMapper json() {
        JsonMapper mapper = unique(JsonMapper.class, "Mark the one that reads and writes payloads with @Primary.");
        return mapper == null ? JsonMapper.shared() : mapper;
    }

    @Nullable
    KafkaAdmin admin() {
        return unique(
                KafkaAdmin.class,
                "Mark the one of the processors' cluster with @Primary, or name that cluster's factories in"
                        + " tidemark.processors.<id>.consumer-factory and producer-factory.");
    }

    ConsumerFactory<?, ?> consumers(String id, TidemarkProperties.Processor processor) {
        return wanted(ConsumerFactory.class, id, "consumer-factory", processor.consumerFactory());
    }

    ProducerFactory<?, ?> producers(String id, TidemarkProperties.Processor processor) {
        return wanted(ProducerFactory.class, id, "producer-factory", processor.producerFactory());
    }

    private <T> T wanted(Class<T> type, String id, String setting, @Nullable String name) {
        String property = "tidemark.processors." + id + "." + setting;
        if (name != null) {
            try {
                return factory.getBean(name, type);
            } catch (NoSuchBeanDefinitionException e) {
                throw new EnvironmentRefused(
                        property + "=" + name + " names no bean.",
                        "There are " + List.of(factory.getBeanNamesForType(type)) + ".",
                        e);
            }
        }
        T found = unique(type, "Mark one with @Primary, or name one in " + property + ".");
        if (found == null) {
            throw new EnvironmentRefused(
                    "Processor " + id + " has no " + type.getSimpleName() + " to work with.",
                    "Leave it to Spring Boot (spring.kafka.*), or declare one.",
                    null);
        }
        return found;
    }

    private <T> @Nullable T unique(Class<T> type, String action) {
        try {
            return factory.getBeanProvider(type).getIfAvailable();
        } catch (NoUniqueBeanDefinitionException e) {
            throw new EnvironmentRefused(
                    "There are several beans of type " + type.getSimpleName() + " and none of them is primary: "
                            + e.getBeanNamesFound() + ".",
                    action,
                    e);
        }
    }
}
