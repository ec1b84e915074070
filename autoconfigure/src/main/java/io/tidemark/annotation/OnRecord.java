package io.tidemark.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that takes records. It happens wholly or not at all: when it throws, state and output of the record are undone.
 *
 * <p>Parameters, in any order: one plain parameter for the payload, {@link Key}, {@link State}, {@link States}, {@link To}, Spring's
 * {@code @Header}, and {@link io.tidemark.api.RecordOrigin}. A return value goes to the topics of Spring's {@code @SendTo}, or where an
 * {@link io.tidemark.api.Outgoing} says; an {@code Iterable} is sent one by one.
 *
 * <p>There is one method for each topic. Several methods may share a topic when their payloads are of different types and the
 * configured value deserializer tells these apart; each record then goes to the method whose type fits it best.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface OnRecord {

    /**
     * Topics whose records it takes; the processor's when left out. They are inputs of the processor whether or not it names them itself.
     * Placeholders and expressions are resolved at start.
     */
    String[] topics() default {};
}
