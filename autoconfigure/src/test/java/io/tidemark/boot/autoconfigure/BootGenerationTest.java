package io.tidemark.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.error.EnvironmentRefused;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.core.io.support.SpringFactoriesLoader;

class BootGenerationTest {

    @Test
    void shouldRefuseAFormerGeneration() {
        for (String former : new String[] {"2.7.18", "3.5.7", "4.0.3"}) {
            assertThatThrownBy(() -> BootGeneration.check(former))
                    .isInstanceOf(EnvironmentRefused.class)
                    .hasMessageContaining("needs Spring Boot 4.1 or later, and the application has " + former);
        }
        for (String fitting : new String[] {"4.1.0", "4.1.2-SNAPSHOT", "4.10.0", "5.0.0-M1", "unknown", null}) {
            assertThatCode(() -> BootGeneration.check(fitting)).as(fitting).doesNotThrowAnyException();
        }
    }

    /** By a name that every generation looks for. */
    @Test
    void shouldBeFound() {
        assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(ApplicationContextInitializer.class))
                .hasAtLeastOneElementOfType(BootGeneration.class);
    }
}
