package io.tidemark.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * A bean that processes keyed records with state, exactly once. A singleton; its {@link OnRecord} methods are called for one key at a
 * time, in partition order, by several threads for different keys: keep everything that belongs to a key in {@link State}.
 */
@Documented
@Component
@Lazy(false)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface KeyedProcessor {

    /**
     * The processor's id: part of its group, changelog and directory names, so never changed once it has state.
     * {@code [a-z0-9][a-z0-9-]{0,62}}; placeholders are resolved at start.
     */
    String id();

    /**
     * Input topics; those of its {@link OnRecord} methods are added. All are joined by key: they have the same number of partitions.
     * Placeholders and expressions are resolved at start.
     */
    String[] topics() default {};

    /** Name of the bean, if it shall have another than the usual one. */
    @AliasFor(annotation = Component.class, attribute = "value")
    String beanName() default "";
}
