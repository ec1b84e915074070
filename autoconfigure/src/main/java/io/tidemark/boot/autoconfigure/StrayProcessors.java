package io.tidemark.boot.autoconfigure;

import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.error.EnvironmentRefused;
import java.util.Arrays;
import java.util.List;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Hears of every context below this one. Processors in one without auto-configuration of its own would never run and nobody would say so.
 */
final class StrayProcessors implements ApplicationListener<ContextRefreshedEvent> {

    private final ApplicationContext own;

    StrayProcessors(ApplicationContext own) {
        this.own = own;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        if (event.getApplicationContext() == own
                || !(event.getApplicationContext() instanceof ConfigurableApplicationContext child)) {
            return;
        }
        ConfigurableListableBeanFactory factory = child.getBeanFactory();
        List<String> names = Arrays.stream(factory.getBeanNamesForAnnotation(KeyedProcessor.class))
                .filter(name -> !name.startsWith("scopedTarget."))
                .toList();
        if (!names.isEmpty() && factory.getBeanNamesForType(TidemarkProcessors.class, true, false).length == 0) {
            throw new EnvironmentRefused(
                    "The processors " + names + " are in context '" + child.getDisplayName() + "', a child of '"
                            + own.getDisplayName() + "' without Tidemark of its own: nobody would run them.",
                    "Declare them in the parent, or enable auto-configuration in the child (@EnableAutoConfiguration).",
                    null);
        }
    }
}
