package io.tidemark.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Topics of an {@link io.tidemark.api.Output} parameter; what is sent goes to each of them. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface To {

    /** Topic names. Placeholders and expressions are resolved at start. */
    String[] value();
}
