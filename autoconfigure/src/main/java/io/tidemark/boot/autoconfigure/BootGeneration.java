package io.tidemark.boot.autoconfigure;

import io.tidemark.error.EnvironmentRefused;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Looks at the version of Spring Boot before anything else is made: with a former one classes are missing here and there, and the application
 * would start without processors, or end with a {@link NoClassDefFoundError}. It uses only what all generations have.
 */
final class BootGeneration implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\..*");
    private static final int MAJOR = 4;
    private static final int MINOR = 1;

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        check(SpringBootVersion.getVersion());
    }

    /** A version that cannot be read, or comes after, gets the benefit of the doubt. */
    static void check(@Nullable String version) {
        Matcher parts = VERSION.matcher(String.valueOf(version));
        if (!parts.matches()) {
            return;
        }
        int major = Integer.parseInt(parts.group(1));
        int minor = Integer.parseInt(parts.group(2));
        if (major < MAJOR || (major == MAJOR && minor < MINOR)) {
            throw new EnvironmentRefused(
                    "This version of Tidemark needs Spring Boot " + MAJOR + "." + MINOR
                            + " or later, and the application has " + version + ".",
                    "Upgrade spring-boot-starter-parent, or the import of spring-boot-dependencies, to " + MAJOR + "."
                            + MINOR + " or later (Java 17, Kafka clients 4.x).",
                    null);
        }
    }
}
