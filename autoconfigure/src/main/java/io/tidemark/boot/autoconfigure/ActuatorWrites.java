package io.tidemark.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * One switch for every endpoint that can change something: with {@code tidemark.actuator.writes=true} their access is unrestricted unless
 * {@code management.endpoint.<id>.access} says otherwise. Exposing them stays the application's decision.
 */
final class ActuatorWrites implements EnvironmentPostProcessor, Ordered {

    private static final List<String> ENDPOINTS = List.of("checkpoints", "processors");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!environment.getProperty("tidemark.actuator.writes", Boolean.class, false)) {
            return;
        }
        Map<String, Object> defaults = new LinkedHashMap<>();
        ENDPOINTS.forEach(endpoint -> defaults.put("management.endpoint." + endpoint + ".access", "unrestricted"));
        environment.getPropertySources().addLast(new MapPropertySource("tidemarkActuatorWrites", defaults));
    }

    /** After the application's own configuration is there. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
